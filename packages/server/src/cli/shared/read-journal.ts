import type { EventPage, EventQuery, EventRecord } from '@callboard/core'
import { JournalOpenError, openReader, type Reader } from '@callboard/journal'
import { loadConfigOrDemo } from '../../config/load.ts'
import { OperatorError } from '../../util/operator-error.ts'

/** Returns the file of the configured journal. Throws an OperatorError if the journal has none. */
export const journalFile = async (configFile: string | undefined): Promise<string> => {
  const { journal } = await loadConfigOrDemo(configFile)
  if (journal.use === 'memory')
    throw new OperatorError('unavailable', 'cannot read the journal: `use: memory` exists only inside the server; configure `use: sqlite`')
  return journal.path
}

/** Does the journal file not exist yet? */
export const isMissing = (error: unknown): boolean => error instanceof JournalOpenError && error.code === 'ENOENT'

const isForbidden = (error: unknown): boolean => error instanceof JournalOpenError && ['EACCES', 'EPERM', 'EROFS'].includes(error.code)

/** Makes the error for an operator of an error that reading `file` threw. */
export const readError = (file: string, error: unknown): OperatorError =>
  isMissing(error)
    ? new OperatorError('unavailable', `no journal at ${file}; run \`callboard start\` to create it`, { cause: error })
    : new OperatorError(isForbidden(error) ? 'noPermission' : 'io', error instanceof Error ? error.message : String(error), {
        cause: error,
      })

/** Opens the configured journal for reading. A server may use it at the same time. */
export const openConfiguredReader = async (configFile: string | undefined): Promise<Reader> => {
  const file = await journalFile(configFile)
  try {
    return openReader(file)
  } catch (error) {
    throw readError(file, error)
  }
}

/** The part of a journal reader that finds events. */
export interface EventFinder {
  find(query: EventQuery): EventPage
}

const PAGE_SIZE = 1_000

/** Yields the events that match the query, newest first. Reads them page by page, so that memory use stays constant. */
export function* paginate(finder: EventFinder, query: Omit<EventQuery, 'order'>): Generator<EventRecord, undefined> {
  let left = query.limit
  let cursor: string | undefined
  while (left > 0) {
    const page = finder.find({ ...query, order: 'newest', limit: Math.min(left, PAGE_SIZE), ...(cursor !== undefined && { cursor }) })
    yield* page.events
    left -= page.events.length
    if (page.next === undefined || page.events.length === 0) return
    cursor = page.next
  }
}
