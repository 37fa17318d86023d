import { statSync } from 'node:fs'
import { type EventFilter, type EventRecord, JournalError } from '@callboard/core'
import { openReader, type Reader } from '@callboard/journal'
import { isMissing, unreadable } from '../shared/open-reader.ts'

/** Which events are followed. */
export type Wanted = Pick<EventFilter, 'command' | 'key' | 'app' | 'sink' | 'status'>

/** What has come since the last look, in the order of the journal. */
export interface Looked {
  readonly events: readonly EventRecord[]
  /** There is more already. */
  readonly more: boolean
}
/** Follows a journal. */
export interface Follower {
  /** Throws an OperatorError where the journal cannot be read, now and later. */
  readonly look: () => Looked
  readonly close: () => void
}

const PAGE = 1_000
const NOTHING: Looked = { events: [], more: false }

const isWanted =
  ({ command, key, app, sink, status }: Wanted) =>
  (event: EventRecord): boolean =>
    (command === undefined || event.command === command) &&
    (key === undefined || event.key === key) &&
    (app === undefined || event.app === app) &&
    (status === undefined || event.status === status) &&
    (sink === undefined || event.deliveries.some((delivery) => delivery.sink === sink))

/** Which file the path names: another one under the same path is another journal. */
const identityOf = (file: string): string | undefined => {
  const found = statSync(file, { throwIfNoEntry: false, bigint: true })
  return found && `${found.dev}:${found.ino}`
}

/** Will the next look succeed? The server holds the file for moments when it is started or stopped. */
const passes = (error: unknown): boolean =>
  error instanceof JournalError
    ? error.code === 'down'
    : error instanceof Error && 'code' in error && /^SQLITE_(BUSY|LOCKED)/.test(String(error.code))

/**
 * Follows the journal in `file`, from the latest `lines` events on that are there at the first look. A journal that is not there yet,
 * and one that takes the place of another, is followed from its beginning. `tell` is told what one waits for, once.
 */
export const createFollower = (file: string, wanted: Wanted, lines: number, tell: (text: string) => void): Follower => {
  const isMeant = isWanted(wanted)
  let reader: Reader | undefined
  let identity: string | undefined
  let begun = false
  let cursor: string | undefined
  let told = ''

  const say = (text: string) => {
    if (text !== told) tell(text)
    told = text
  }
  const close = () => {
    reader?.close()
    reader = undefined
  }

  /** An open reader keeps its file from being replaced by one of the same identity. */
  const current = (): Reader | undefined => {
    const found = identityOf(file)
    if (found !== identity) {
      close()
      cursor = undefined
      identity = found
    }
    if (found !== undefined) reader ??= openReader(file)
    return reader
  }

  const begin = (from: Reader): Looked => {
    const { events: latest, last } = from.find({ limit: 1, order: 'newest' })
    begun = true
    cursor = last
    if (lines === 0 || last === undefined) return { events: [], more: true }
    const shown = latest.filter(isMeant)
    // Not what has been committed since: that follows.
    const before = from.find({ ...wanted, limit: lines - shown.length, order: 'newest', cursor: last })
    return { events: [...shown, ...before.events].toReversed(), more: true }
  }

  const goOn = (from: Reader): Looked => {
    const { events, last = cursor, next } = from.find({ limit: PAGE, order: 'oldest', ...(cursor !== undefined && { cursor }) })
    cursor = last
    return { events: events.filter(isMeant), more: next !== undefined }
  }

  const wait = (): Looked => {
    begun = true
    say(`there is no journal at ${file}: waiting for \`callboard start\` to make it`)
    return NOTHING
  }

  const look = (): Looked => {
    try {
      const from = current()
      if (!from) return wait()
      const looked = begun ? goOn(from) : begin(from)
      told = ''
      return looked
    } catch (error) {
      close()
      if (isMissing(error)) return wait()
      if (!passes(error)) throw unreadable(file, error)
      say(`the journal cannot be read right now: ${error instanceof Error ? error.message : error}`)
      return NOTHING
    }
  }

  return { look, close }
}
