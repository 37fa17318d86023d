import { Worker } from 'node:worker_threads'
import { JournalError } from '@callboard/core'
import { troubleOf } from '../errors.ts'
import { errorOf } from './error-transfer.ts'
import type { Call, Calls, Reply, Request, Result, Results, Start } from './worker-protocol.ts'

/** The thread that writes the journal, seen from outside. */
export interface Writer {
  /** Rejects with JournalError. */
  readonly ask: <R extends Request>(request: R) => Promise<Results[R['verb']]>
  /** Waits for what has been asked, then ends the thread. */
  readonly close: () => Promise<void>
}

interface Waiting {
  readonly number: number
  readonly verb: Request['verb']
  readonly resolve: (result: Result) => void
  readonly reject: (error: Error) => void
}

const OPENING = 0

/** The memory of the packed bodies is made for the call, and need not be copied to the other thread. */
const ownMemory = ({ request }: Call): readonly ArrayBuffer[] => (request.verb === 'append' ? [request.rows.bytes.buffer] : [])

// What the thread makes is soon gone: with the room that it would take for it otherwise, it grows by 50 MB in its first minutes.
const YOUNG_MB = 8

// Node runs the sources as they are, and the build renames imports, but not names in a URL.
const WORKER = new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url)

/**
 * Starts the thread, by default the one of worker.ts, and opens the journal. `now` is the journal's clock. Rejects with whatever
 * the opening fails with.
 */
export const startWriter = async (place: Omit<Start, 'now'>, now: () => number, file: URL = WORKER): Promise<Writer> => {
  const worker = new Worker(file, {
    workerData: { ...place, now: now() } satisfies Start,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
  })
  const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
  // Few at a time. A Map would keep the garbage of calls alive, as deadlines of core say of a Set.
  const waiting: Waiting[] = []
  let queue: Call[] = []
  // Settlements that were asked for while an append ran: they commit together with what is asked next, which is often another append.
  let held: Call[] = []
  let appends = 0
  let number = OPENING
  let refusal: JournalError | undefined
  let closing: Promise<void> | undefined

  const answer = (reply: Reply) => {
    const place = waiting.findIndex(({ number: asked }) => asked === reply.number)
    const [caller] = place === -1 ? [] : waiting.splice(place, 1)
    if (caller?.verb === 'append') {
      appends -= 1
      if (held.length > 0) setImmediate(flush)
    }
    if ('trouble' in reply) caller?.reject(errorOf(reply.trouble))
    else caller?.resolve(reply.result)
  }

  const post = (calls: readonly Call[]) => {
    try {
      worker.postMessage({ now: now(), calls } satisfies Calls, calls.flatMap(ownMemory))
    } catch (error) {
      // Something in it cannot be cloned; only its own caller is to suffer.
      const [first, ...others] = calls
      if (first && others.length === 0) answer({ number: first.number, trouble: troubleOf(error) })
      else for (const call of calls) post([call])
    }
  }

  /** What is asked at once goes out as one message. */
  const flush = () => {
    const calls = [...held, ...queue]
    held = []
    queue = []
    if (calls.length > 0) post(calls)
  }

  const send = <R extends Request>(request: R): Promise<Results[R['verb']]> =>
    new Promise((resolve, reject) => {
      number += 1
      // The worker answers a number with what belongs to the verb that was asked under it.
      waiting.push({ number, verb: request.verb, resolve: (result) => resolve(result as Results[R['verb']]), reject })
      if (request.verb === 'settle' && appends > 0) held.push({ number, request })
      else if (queue.push({ number, request }) === 1) queueMicrotask(flush)
      if (request.verb === 'append') appends += 1
    })

  const fail = (error: unknown) => {
    // Nobody can write any more: calls that run may have happened or not, later ones are told to stop the process.
    const message = `the thread that writes the journal has ended: ${error instanceof Error ? error.message : String(error)}`
    refusal ??= new JournalError('corrupt', message)
    for (const { reject } of waiting.splice(0)) reject(new JournalError('down', message))
  }

  worker.on('message', (replies: readonly Reply[]) => {
    for (const reply of replies) answer(reply)
  })
  worker.on('error', fail)
  worker.on('exit', (code) => fail(`exit code ${code}`))

  await new Promise<unknown>((resolve, reject) => waiting.push({ number: OPENING, verb: 'stats', resolve, reject }))

  return {
    ask: (request) => (refusal ? Promise.reject(refusal) : send(request)),
    close: () => {
      closing ??= (async () => {
        const isRunning = refusal === undefined
        refusal ??= new JournalError('closed')
        if (isRunning) await send({ verb: 'close' })
        await exited
      })()
      return closing
    },
  }
}
