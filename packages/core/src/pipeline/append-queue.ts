import type { DecodedEvent } from '../delivery/decode-stored.ts'
import type { NotRecordedReason } from '../fault.ts'
import {
  type AppendResult,
  type ClaimRequest,
  type Journal,
  JournalError,
  type JournalErrorCode,
  type NewEvent,
} from '../journal/journal.ts'
import type { Emit } from '../telemetry/events.ts'
import type { Clock } from '../util/clock.ts'
import { ANSWER_DEADLINE_MS } from './deadlines.ts'

const MAX_BATCH_EVENTS = 256
const MAX_BATCH_BYTES = 8 * 2 ** 20
const INITIAL_PAUSE_MS = 50
const MAX_PAUSE_MS = 1_000
// What an event costs beside its body.
const EVENT_OVERHEAD_BYTES = 1_024

/** What became of an event that was handed over: the journal's word, or why there will be none. */
export type StoreResult = AppendResult | { readonly type: 'unrecorded'; readonly reason: NotRecordedReason }

/** The one way into the journal: whatever arrives while an append runs is the next append. */
export interface AppendQueue {
  /** What is handed over cannot be taken back: it is stored when the journal can. `written` is told once, maybe at once. */
  readonly write: (event: NewEvent, seen: DecodedEvent, written: (outcome: StoreResult) => void) => void
  /** Is there room for so many more bytes? */
  readonly hasRoom: (bytes: number) => boolean
  /** Why the last append failed, or `late` while one takes longer than an answer may; undefined when all is well. */
  readonly trouble: () => JournalErrorCode | 'late' | undefined
  /** Resolves when nothing waits. */
  readonly idle: () => Promise<void>
  /** Takes nothing more and gives what waits up to `grace` milliseconds; what is left is answered `closed`. */
  readonly close: (grace: number) => Promise<void>
}

interface Waiting {
  readonly event: NewEvent
  readonly seen: DecodedEvent
  readonly bytes: number
  readonly written: (outcome: StoreResult) => void
}

interface Workings {
  readonly journal: Journal
  readonly clock: Clock
  readonly tell: Emit
  /** Bytes that may wait. */
  readonly room: number
  /** What sinks can take at once of so many events. Each offer is followed by one call of `recorded`, maybe behind the next offer. */
  readonly offer: (events: number) => readonly ClaimRequest[]
  /** Called in the same turn in which the events of a batch were found durable; with none where the append failed. */
  readonly recorded: (events: readonly AppendedEvent[], offers: readonly ClaimRequest[]) => void
}

/** An event that has just been stored, with the tokens of those of its deliveries that were handed out with it. */
export interface AppendedEvent {
  readonly event: NewEvent
  readonly seen: DecodedEvent
  readonly tokens: Readonly<Record<string, string>>
}

const NO_TOKENS: AppendedEvent['tokens'] = {}

const troubleOf = (error: unknown): JournalError =>
  error instanceof JournalError ? error : new JournalError('down', error instanceof Error ? error.message : String(error), { cause: error })

export const createAppendQueue = ({ journal, clock, tell, room, offer, recorded }: Workings): AppendQueue => {
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
      if (count >= MAX_BATCH_EVENTS || (count > 0 && size + waiting.bytes > MAX_BATCH_BYTES)) break
      size += waiting.bytes
      count += 1
    }
    return queue.slice(0, count)
  }

  const finish = (batch: readonly Waiting[], results: (place: number) => StoreResult): readonly AppendedEvent[] => {
    if (!closed) queue.splice(0, batch.length)
    const fresh: AppendedEvent[] = []
    for (const [place, waiting] of batch.entries()) {
      bytes -= waiting.bytes
      const result = results(place)
      if (result.type === 'recorded') fresh.push({ event: waiting.event, seen: waiting.seen, tokens: result.tokens ?? NO_TOKENS })
      waiting.written(result)
    }
    return fresh
  }

  const setTrouble = (error: JournalError | undefined) => {
    if (trouble?.code !== error?.code) tell({ type: 'journal', ...(error && { code: error.code, error: error.message }) })
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
    let wait = INITIAL_PAUSE_MS
    // What arrives in the same turn of the event loop goes along.
    await new Promise((resolve) => setImmediate(resolve))
    while (queue.length > 0) {
      const batch = takeBatch()
      const offers = offer(batch.length)
      let fresh: readonly AppendedEvent[] = []
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
        wait = INITIAL_PAUSE_MS
        fresh = finish(batch, (place) => appended[place] ?? { type: 'unrecorded', reason: 'unstorable' })
      } catch (error) {
        // The outcome is unknown: the same events with the same ids are sent again, and nothing is stored twice.
        appendingSince = undefined
        setTrouble(troubleOf(error))
        if (closed || trouble?.code === 'closed' || trouble?.code === 'corrupt') {
          finish([...queue], () => ({ type: 'unrecorded', reason: closed ? 'closed' : 'down' }))
          return
        }
        await pause(wait)
        wait = Math.min(wait * 2, MAX_PAUSE_MS)
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
      const cost = event.raw.byteLength + EVENT_OVERHEAD_BYTES
      if (closed) return written({ type: 'unrecorded', reason: 'closed' })
      if (bytes + cost > room) return written({ type: 'unrecorded', reason: 'full' })
      bytes += cost
      queue.push({ event, seen, bytes: cost, written })
      start()
    },
    hasRoom: (more) => !closed && bytes + more + EVENT_OVERHEAD_BYTES <= room,
    trouble: () =>
      trouble?.code ?? (appendingSince !== undefined && clock.elapsed() - appendingSince > ANSWER_DEADLINE_MS ? 'late' : undefined),
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
      for (const { written } of queue.splice(0)) written({ type: 'unrecorded', reason: 'closed' })
    },
  }
}
