import { Worker } from 'node:worker_threads'
import { JournalError } from '@callboard/core'
import { JournalOpenError } from '../errors.ts'
import { errorMessage } from '../util/errors.ts'
import { deserializeError } from './deserialize-error.ts'
import { serializeError } from './serialize-error.ts'
import {
  OPENING_REQUEST_ID,
  type Request,
  type RequestBatch,
  type RequestMessage,
  type ResponseMessage,
  type Result,
  type Results,
  type WorkerOptions,
} from './worker-protocol.ts'

/** Sends requests to the worker that writes the journal. */
export interface WorkerClient {
  /** Rejects with JournalError. */
  readonly send: <R extends Request>(request: R) => Promise<Results[R['verb']]>
  /** Waits for the requests that were sent, then ends the worker. */
  readonly close: () => Promise<void>
}

interface PendingRequest {
  readonly requestId: number
  readonly verb: Request['verb']
  readonly resolve: (result: Result) => void
  readonly reject: (error: Error) => void
}

/** The packed bodies exist only for this message, so their buffer is moved to the other thread instead of copied. */
const transferredBuffers = ({ request }: RequestMessage): readonly ArrayBuffer[] =>
  request.verb === 'append' ? [request.rows.bytes.buffer] : []

// Objects of the worker live shortly. With V8's default the worker grows by 50 MB in its first minutes.
const MAX_YOUNG_GENERATION_MB = 8

/** How long settlements wait for another request. With one client at a time a callback then costs the server 0.87 times as much CPU (`pnpm bench`). */
const MAX_DEFERRAL_MS = 15

/** How long the file system may take until the lock is held. It may never answer, for example for a path on a FUSE file system. */
export const DEFAULT_OPEN_TIMEOUT_MS = 10_000

// Node runs the sources as they are. The build renames imports, but not the file names in a URL.
const WORKER = new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url)

/**
 * Starts the worker, which opens the journal. `now` returns the time of the journal's clock. `file` is the code of the worker, by
 * default worker.ts. Rejects with the error of the opening, and with JournalOpenError (`ETIMEDOUT`) when it takes too long.
 */
export const startWorker = async (
  options: Omit<WorkerOptions, 'now'>,
  now: () => number,
  file: URL = WORKER,
  openTimeoutMs = DEFAULT_OPEN_TIMEOUT_MS,
): Promise<WorkerClient> => {
  const worker = new Worker(file, {
    workerData: { ...options, now: now() } satisfies WorkerOptions,
    resourceLimits: { maxYoungGenerationSizeMb: MAX_YOUNG_GENERATION_MB },
  })
  const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
  const pending: PendingRequest[] = []
  let queue: RequestMessage[] = []
  // Settlements wait for the next request, which is often an append, and commit together with it.
  let deferredSettlements: RequestMessage[] = []
  let deferralTimer: NodeJS.Timeout | undefined
  let lastRequestId = OPENING_REQUEST_ID
  let rejection: JournalError | undefined
  let closing: Promise<void> | undefined

  const handleResponse = (response: ResponseMessage) => {
    const index = pending.findIndex(({ requestId }) => requestId === response.requestId)
    const [caller] = index === -1 ? [] : pending.splice(index, 1)
    if ('error' in response) caller?.reject(deserializeError(response.error))
    else caller?.resolve(response.result)
  }

  const post = (requests: readonly RequestMessage[]) => {
    try {
      worker.postMessage({ now: now(), requests } satisfies RequestBatch, requests.flatMap(transferredBuffers))
    } catch (error) {
      // One of the requests cannot be cloned. Only its own caller gets the error.
      const [first, ...others] = requests
      if (first && others.length === 0) handleResponse({ requestId: first.requestId, error: serializeError(error) })
      else for (const request of requests) post([request])
    }
  }

  /** Sends all requests of this turn of the event loop in one message. */
  const flush = () => {
    clearTimeout(deferralTimer)
    deferralTimer = undefined
    const requests = [...deferredSettlements, ...queue]
    deferredSettlements = []
    queue = []
    if (requests.length > 0) post(requests)
  }

  const send = <R extends Request>(request: R): Promise<Results[R['verb']]> =>
    new Promise((resolve, reject) => {
      lastRequestId += 1
      const requestId = lastRequestId
      // The result of a request has the type that belongs to its verb.
      pending.push({ requestId, verb: request.verb, resolve: (result) => resolve(result as Results[R['verb']]), reject })
      if (request.verb === 'settle') {
        deferredSettlements.push({ requestId, request })
        deferralTimer ??= setTimeout(flush, MAX_DEFERRAL_MS)
      } else if (queue.push({ requestId, request }) === 1) queueMicrotask(flush)
    })

  const fail = (error: unknown) => {
    // The outcome of pending requests is unknown. Later ones get `corrupt`, which stops the process.
    const message = `the worker of the journal ended: ${errorMessage(error)}`
    rejection ??= new JournalError('corrupt', message)
    for (const { reject } of pending.splice(0)) reject(new JournalError('down', message))
  }

  worker.on('message', (responses: readonly ResponseMessage[]) => {
    for (const response of responses) handleResponse(response)
  })
  worker.on('error', fail)
  worker.on('exit', (code) => fail(`exit code ${code}`))

  const opening = new Promise<unknown>((resolve, reject) => pending.push({ requestId: OPENING_REQUEST_ID, verb: 'stats', resolve, reject }))
  const timer = setTimeout(() => {
    const reason = `the system did not answer within ${openTimeoutMs} ms; check that its disk is mounted and responds`
    pending.shift()?.reject(new JournalOpenError(options.path, 'ETIMEDOUT', reason))
    // The worker may be inside a call that does not return.
    worker.unref()
    void worker.terminate()
  }, openTimeoutMs)
  worker.once('message', () => clearTimeout(timer))
  await opening.finally(() => clearTimeout(timer))

  return {
    send: (request) => (rejection ? Promise.reject(rejection) : send(request)),
    close: () => {
      closing ??= (async () => {
        const isRunning = rejection === undefined
        rejection ??= new JournalError('closed')
        if (isRunning) await send({ verb: 'close' })
        await exited
      })()
      return closing
    },
  }
}
