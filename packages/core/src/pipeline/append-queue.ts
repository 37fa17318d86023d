import type { Seen } from '../delivery/decode-stored.ts'
import type { Unrecorded } from '../fault.ts'
import { type Appended, type ClaimRequest, type Journal, JournalError, type JournalErrorReason, type NewEvent } from '../journal/journal.ts'
import type { Tell } from '../telemetry/events.ts'
import type { Clock } from '../util/clock.ts'
import { ANSWER_WITHIN } from './deadlines.ts'

const MOST_EVENTS = 256
const MOST_BYTES = 8 * 2 ** 20
const FIRST_PAUSE = 50
const LONGEST_PAUSE = 1_000
// What an event costs beside its body.
const OVERHEAD = 1_024

/** What became of an event that was handed over: the journal's word, or why there will be none. */
export type Written = Appended | { readonly as: 'unrecorded'; readonly reason: Unrecorded }

/** The one way into the journal: whatever arrives while an append runs is the next append. */
export interface Writer {
  /** What is handed over cannot be taken back: it is stored when the journal can. `written` is told once, maybe at once. */
  readonly write: (event: NewEvent, seen: Seen, written: (outcome: Written) => void) => void
  /** Is there room for so many more bytes? */
  readonly hasRoom: (bytes: number) => boolean
  /** Why the last append failed, or `late` while one takes longer than an answer may; undefined when all is well. */
  readonly trouble: () => JournalErrorReason | 'late' | undefined
  /** Resolves when nothing waits. */
  readonly idle: () => Promise<void>
  /** Takes nothing more and gives what waits up to `grace` milliseconds; what is left is answered `closed`. */
  readonly close: (grace: number) => Promise<void>
}

interface Waiting {
  readonly event: NewEvent
  readonly seen: Seen
  readonly bytes: number
  readonly written: (outcome: Written) => void
}

interface Workings {
  readonly journal: Journal
  readonly clock: Clock
  readonly tell: Tell
  /** Bytes that may wait. */
  readonly room: number
  /** What sinks can take at once of so many events. Each offer is followed by one call of `recorded`, maybe behind the next offer. */
  readonly offer: (events: number) => readonly ClaimRequest[]
  /** Called in the same turn in which the events of a batch were found durable; with none where the append failed. */
  readonly recorded: (events: readonly Fresh[], offers: readonly ClaimRequest[]) => void
}

/** An event that has just been stored, with the tokens of those of its deliveries that were handed out with it. */
export interface Fresh {
  readonly event: NewEvent
  readonly seen: Seen
  readonly tokens: Readonly<Record<string, string>>
}

const NO_TOKENS: Fresh['tokens'] = {}

const troubleOf = (error: unknown): JournalError =>
  error instanceof JournalError ? error : new JournalError('down', error instanceof Error ? error.message : String(error), { cause: error })

export const createWriter = ({ journal, clock, tell, room, offer, recorded }: Workings): Writer => {
  const queue: Waiting[] = []
  let bytes = 0
  let running: Promise<void> | undefined
  let trouble: JournalError | undefined
  let closed = false
  let wake = () => {}
  let appendingSince: number | undefined

  const takeBatch = (): readonly Waiting[] => {
    let size = 0
    let count = 0
    for (const waiting of queue) {
      if (count >= MOST_EVENTS || (count > 0 && size + waiting.bytes > MOST_BYTES)) break
      size += waiting.bytes
      count += 1
    }
    return queue.slice(0, count)
  }

  const finish = (batch: readonly Waiting[], results: (place: number) => Written): readonly Fresh[] => {
    if (!closed) queue.splice(0, batch.length)
    const fresh: Fresh[] = []
    for (const [place, waiting] of batch.entries()) {
      bytes -= waiting.bytes
      const result = results(place)
      if (result.as === 'recorded') fresh.push({ event: waiting.event, seen: waiting.seen, tokens: result.tokens ?? NO_TOKENS })
      waiting.written(result)
    }
    return fresh
  }

  const setTrouble = (error: JournalError | undefined) => {
    if (trouble?.why !== error?.why) tell({ type: 'journal', ...(error && { why: error.why, error: error.message }) })
    trouble = error
  }

  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      const cancel = clock.after(ms, resolve)
      wake = () => {
        cancel()
        resolve()
      }
    })

  const run = async () => {
    let wait = FIRST_PAUSE
    // What arrives in the same turn of the event loop goes along.
    await new Promise((resolve) => setImmediate(resolve))
    while (queue.length > 0) {
      const batch = takeBatch()
      const offers = offer(batch.length)
      let fresh: readonly Fresh[] = []
      try {
        const from = clock.elapsed()
        appendingSince = from
        const appended = await journal.append(
          batch.map(({ event }) => event),
          offers,
        )
        appendingSince = undefined
        tell({ type: 'append', events: batch.length, ms: clock.elapsed() - from })
        setTrouble(undefined)
        wait = FIRST_PAUSE
        fresh = finish(batch, (place) => appended[place] ?? { as: 'unrecorded', reason: 'unstorable' })
      } catch (error) {
        // The outcome is unknown: the same events with the same ids are sent again, and nothing is stored twice.
        appendingSince = undefined
        setTrouble(troubleOf(error))
        if (closed || trouble?.why === 'closed' || trouble?.why === 'corrupt') {
          finish([...queue], () => ({ as: 'unrecorded', reason: closed ? 'closed' : 'down' }))
          return
        }
        await pause(wait)
        wait = Math.min(wait * 2, LONGEST_PAUSE)
      } finally {
        recorded(fresh, offers)
      }
    }
  }

  const start = () => {
    running ??= run().finally(() => {
      running = undefined
      if (queue.length > 0) start()
    })
  }

  return {
    write: (event, seen, written) => {
      const cost = event.raw.byteLength + OVERHEAD
      if (closed) return written({ as: 'unrecorded', reason: 'closed' })
      if (bytes + cost > room) return written({ as: 'unrecorded', reason: 'full' })
      bytes += cost
      queue.push({ event, seen, bytes: cost, written })
      start()
    },
    hasRoom: (more) => !closed && bytes + more + OVERHEAD <= room,
    trouble: () => trouble?.why ?? (appendingSince !== undefined && clock.elapsed() - appendingSince > ANSWER_WITHIN ? 'late' : undefined),
    idle: async () => {
      while (running) await running
    },
    close: async (grace) => {
      const settled = async () => {
        while (running) await running
      }
      let cancel = () => {}
      const overdue = new Promise<void>((resolve) => {
        cancel = clock.after(grace, resolve)
      })
      await Promise.race([settled(), overdue])
      cancel()
      closed = true
      wake()
      for (const { written } of queue.splice(0)) written({ as: 'unrecorded', reason: 'closed' })
    },
  }
}
