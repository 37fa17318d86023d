import { statSync } from 'node:fs'
import { type EventFilter, type EventRecord, JournalError } from '@callboard/core'
import { openReader, type Reader } from '@callboard/journal'
import { isMissing, readError } from '../shared/read-journal.ts'

/** Selects the events to follow. */
export type FollowFilter = Pick<EventFilter, 'command' | 'key' | 'app' | 'sink' | 'status'>

/** The events since the last poll, in journal order. */
export interface PollResult {
  readonly events: readonly EventRecord[]
  /** More events can be read at once. */
  readonly more: boolean
}

/** Follows a journal. */
export interface Follower {
  /** Reads the next events. Throws an OperatorError if the file can never be read as a journal. */
  readonly poll: () => PollResult
  readonly close: () => void
}

const PAGE_SIZE = 1_000
const NO_EVENTS: PollResult = { events: [], more: false }

const matcher =
  ({ command, key, app, sink, status }: FollowFilter) =>
  (event: EventRecord): boolean =>
    (command === undefined || event.command === command) &&
    (key === undefined || event.key === key) &&
    (app === undefined || event.app === app) &&
    (status === undefined || event.status === status) &&
    (sink === undefined || event.deliveries.some((delivery) => delivery.sink === sink))

/**
 * Identifies the file behind a path. Another file under the same path is another journal. Returns undefined for a missing file, and an
 * empty text for a file that the system does not show: to open it gives the error that says why.
 */
const fileIdentity = (file: string): string | undefined => {
  try {
    const stats = statSync(file, { throwIfNoEntry: false, bigint: true })
    return stats && `${stats.dev}:${stats.ino}`
  } catch {
    return ''
  }
}

/** Can the next poll succeed? A server locks the file for a moment when it starts or stops. */
const isTransient = (error: unknown): boolean =>
  error instanceof JournalError
    ? error.code === 'down'
    : error instanceof Error && 'code' in error && /^SQLITE_(BUSY|LOCKED)/.test(String(error.code))

/**
 * Follows the journal in `file`. The first poll returns the latest `lines` matching events, later polls return new ones.
 * A journal that is created later, or that replaces another, is followed from its beginning.
 * `onWaiting` receives the reason why there is nothing to read, once for each reason.
 */
export const createFollower = (file: string, filter: FollowFilter, lines: number, onWaiting: (reason: string) => void): Follower => {
  const matches = matcher(filter)
  let reader: Reader | undefined
  let identity: string | undefined
  let hasStarted = false
  let cursor: string | undefined
  let lastReason = ''

  const waitFor = (reason: string): PollResult => {
    if (reason !== lastReason) onWaiting(reason)
    lastReason = reason
    return NO_EVENTS
  }
  const close = () => {
    reader?.close()
    reader = undefined
  }

  /** Opens the file, again if it was replaced. While a reader is open, no new file can get the same identity. */
  const currentReader = (): Reader | undefined => {
    const found = fileIdentity(file)
    if (found !== identity) {
      close()
      cursor = undefined
      identity = found
    }
    if (found !== undefined) reader ??= openReader(file)
    return reader
  }

  const readLatest = (from: Reader): PollResult => {
    const { events: latest, last } = from.find({ limit: 1, order: 'newest' })
    hasStarted = true
    cursor = last
    if (lines === 0 || last === undefined) return { events: [], more: true }
    const newest = latest.filter(matches)
    // Starts at the cursor: events that were stored since then belong to the next poll.
    const older = from.find({ ...filter, limit: lines - newest.length, order: 'newest', cursor: last })
    return { events: [...newest, ...older.events].toReversed(), more: true }
  }

  const readNext = (from: Reader): PollResult => {
    const { events, last = cursor, next } = from.find({ limit: PAGE_SIZE, order: 'oldest', ...(cursor !== undefined && { cursor }) })
    cursor = last
    return { events: events.filter(matches), more: next !== undefined }
  }

  const waitForJournal = (): PollResult => {
    hasStarted = true
    return waitFor(`no journal at ${file}: waiting for \`callboard start\` to create it`)
  }

  const poll = (): PollResult => {
    try {
      const from = currentReader()
      if (!from) return waitForJournal()
      const result = hasStarted ? readNext(from) : readLatest(from)
      lastReason = ''
      return result
    } catch (error) {
      close()
      if (isMissing(error)) return waitForJournal()
      if (!isTransient(error)) throw readError(file, error)
      return waitFor(`cannot read the journal now, trying again: ${error instanceof Error ? error.message : error}`)
    }
  }

  return { poll, close }
}
