import type { DecodedEvent } from '../delivery/decode-stored.ts'
import type { AppendedEvent, HandOff } from '../delivery/hand-off.ts'
import type { NotRecordedReason } from '../fault.ts'
import { type AppendResult, type Journal, JournalError, type JournalErrorCode, type NewEvent } from '../journal/journal.ts'
import type { Emit } from '../telemetry/events.ts'
import type { Clock } from '../util/clock.ts'
import { describeError } from '../util/foreign-value.ts'
import { ANSWER_DEADLINE_MS } from './deadlines.ts'

const MAX_BATCH_EVENTS = 256
const MAX_BATCH_BYTES = 8 * 2 ** 20
const INITIAL_RETRY_DELAY_MS = 50
const MAX_RETRY_DELAY_MS = 1_000
/** The memory that a queued event takes beside its body. */
const EVENT_OVERHEAD_BYTES = 1_024

/** The result of a queued event: the result of its append, or the reason why it was not recorded. */
export type StoreResult = AppendResult | { readonly type: 'unrecorded'; readonly reason: NotRecordedReason }

/** Queues events and appends them to the journal in groups. Events that arrive during an append form the next group. */
export interface AppendQueue {
  /** Queues an event. It cannot be taken back. `onStored` is called once, possibly at once. `decoded` is passed on to the sinks. */
  readonly add: (event: NewEvent, decoded: DecodedEvent, onStored: (result: StoreResult) => void) => void
  /** Returns whether the queue has room for a body of `bytes` bytes. */
  readonly hasRoom: (bytes: number) => boolean
  /** Returns why the last append failed, or `late` while an append takes longer than an answer may. Undefined: all is well. */
  readonly journalError: () => JournalErrorCode | 'late' | undefined
  /** Resolves when the queue is empty. */
  readonly idle: () => Promise<void>
  /** Accepts no more events and waits up to `graceMs` for the queue. Events that are left get the result `closed`. */
  readonly close: (graceMs: number) => Promise<void>
}

interface QueuedEvent {
  readonly event: NewEvent
  readonly decoded: DecodedEvent
  readonly bytes: number
  readonly onStored: (result: StoreResult) => void
}

interface AppendQueueDeps {
  readonly journal: Journal
  readonly clock: Clock
  readonly emit: Emit
  /** How many bytes may wait. */
  readonly maxBytes: number
  readonly handOff: HandOff
}

const NO_TOKENS: AppendedEvent['tokens'] = {}

const toJournalError = (error: unknown): JournalError =>
  error instanceof JournalError ? error : new JournalError('down', describeError(error), { cause: error })

export const createAppendQueue = ({ journal, clock, emit, maxBytes, handOff }: AppendQueueDeps): AppendQueue => {
  const queue: QueuedEvent[] = []
  let queuedBytes = 0
  let running: Promise<void> | undefined
  let lastError: JournalError | undefined
  let isClosed = false
  let endPause = () => {}
  let appendStartedAt: number | undefined

  const nextBatch = (): readonly QueuedEvent[] => {
    let bytes = 0
    let count = 0
    for (const queued of queue) {
      if (count >= MAX_BATCH_EVENTS || (count > 0 && bytes + queued.bytes > MAX_BATCH_BYTES)) break
      bytes += queued.bytes
      count += 1
    }
    return queue.slice(0, count)
  }

  /** Takes a batch off the queue and reports the result of each event. Returns those that were recorded. */
  const finish = (batch: readonly QueuedEvent[], resultAt: (index: number) => StoreResult): readonly AppendedEvent[] => {
    if (!isClosed) queue.splice(0, batch.length)
    const appended: AppendedEvent[] = []
    for (const [index, { event, decoded, bytes, onStored }] of batch.entries()) {
      queuedBytes -= bytes
      const result = resultAt(index)
      if (result.type === 'recorded') appended.push({ event, decoded, tokens: result.tokens ?? NO_TOKENS })
      onStored(result)
    }
    return appended
  }

  const setError = (error: JournalError | undefined) => {
    if (lastError?.code !== error?.code) emit({ type: 'journal', ...(error && { code: error.code, error: error.message }) })
    lastError = error
  }

  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      const cancel = clock.after(ms, resolve)
      endPause = () => {
        cancel()
        resolve()
      }
    })

  const run = async () => {
    let retryDelayMs = INITIAL_RETRY_DELAY_MS
    // Events that arrive in the same turn of the event loop join the batch.
    await new Promise((resolve) => setImmediate(resolve))
    while (queue.length > 0) {
      const batch = nextBatch()
      const reserved = handOff.reserveSlots(batch.length)
      let appended: readonly AppendedEvent[] = []
      try {
        const startedAt = clock.elapsed()
        appendStartedAt = startedAt
        const results = await journal.append(
          batch.map(({ event }) => event),
          reserved,
        )
        appendStartedAt = undefined
        emit({ type: 'append', events: batch.length, ms: clock.elapsed() - startedAt })
        setError(undefined)
        retryDelayMs = INITIAL_RETRY_DELAY_MS
        appended = finish(batch, (index) => results[index] ?? { type: 'unrecorded', reason: 'unstorable' })
      } catch (error) {
        // The outcome is unknown. The same batch is sent again: an id that is already stored is not stored twice.
        appendStartedAt = undefined
        setError(toJournalError(error))
        if (isClosed || lastError?.code === 'closed' || lastError?.code === 'corrupt') {
          finish([...queue], () => ({ type: 'unrecorded', reason: isClosed ? 'closed' : 'down' }))
          return
        }
        await pause(retryDelayMs)
        retryDelayMs = Math.min(retryDelayMs * 2, MAX_RETRY_DELAY_MS)
      } finally {
        handOff.accept(appended, reserved)
      }
    }
  }

  const start = () => {
    running ??= run().finally(() => {
      running = undefined
      if (queue.length > 0) start()
    })
  }

  const idle = async () => {
    while (running) await running
  }

  return {
    add: (event, decoded, onStored) => {
      const bytes = event.raw.byteLength + EVENT_OVERHEAD_BYTES
      if (isClosed) return onStored({ type: 'unrecorded', reason: 'closed' })
      if (queuedBytes + bytes > maxBytes) return onStored({ type: 'unrecorded', reason: 'full' })
      queuedBytes += bytes
      queue.push({ event, decoded, bytes, onStored })
      start()
    },
    hasRoom: (bytes) => !isClosed && queuedBytes + bytes + EVENT_OVERHEAD_BYTES <= maxBytes,
    journalError: () =>
      lastError?.code ?? (appendStartedAt !== undefined && clock.elapsed() - appendStartedAt > ANSWER_DEADLINE_MS ? 'late' : undefined),
    idle,
    close: async (graceMs) => {
      let cancel = () => {}
      const graceOver = new Promise<void>((resolve) => {
        cancel = clock.after(graceMs, resolve)
      })
      await Promise.race([idle(), graceOver])
      cancel()
      isClosed = true
      endPause()
      for (const { onStored } of queue.splice(0)) onStored({ type: 'unrecorded', reason: 'closed' })
    },
  }
}
