import { type DeliveryState, type EventQuery, type EventRecord, type EventStatus, sanitize } from '@callboard/core'
import { OperatorError } from '../../util/operator-error.ts'
import { print, printError } from '../../util/terminal.ts'
import { EX, type ExitCode } from '../exit-codes.ts'
import { line, shown } from '../shared/format-event.ts'
import { openEvents } from '../shared/open-reader.ts'
import { type Finder, pages } from '../shared/paginate.ts'
import { momentOf } from '../shared/parse-time.ts'

const MOST_EVENTS = 1_000_000

const utf8 = new TextDecoder('utf-8')

const bodyOf = (raw: string): unknown => {
  try {
    return JSON.parse(raw)
  } catch {
    return null
  }
}

/** An event with what came in, as `events show` and `events export` print it. */
const whole = (event: EventRecord) => {
  const raw = utf8.decode(event.raw ?? new Uint8Array())
  return { ...shown(event), body: bodyOf(raw), raw, query: event.query }
}

/** `events list`: one line each, newest first. */
const listEvents = (finder: Finder, query: Omit<EventQuery, 'order'>, json: boolean): ExitCode => {
  let count = 0
  for (const event of pages(finder, query)) {
    print(json ? JSON.stringify(shown(event)) : line(event))
    count += 1
  }
  if (count === 0 && !json) printError('no event matches')
  return EX.ok
}

/** `events show ID`: everything that is known about one event. */
const showEvent = (finder: Finder, id: string, json: boolean): ExitCode => {
  const [event] = finder.find({ ids: [id], limit: 1, order: 'newest', raw: true }).events
  if (!event) throw new OperatorError('notOk', `no event has the id ${sanitize(id)}; \`callboard events list\` shows those there are`)
  if (json) print(JSON.stringify(whole(event)))
  else for (const text of JSON.stringify(whole(event), null, 2).split('\n')) print(sanitize(text))
  return EX.ok
}

/** `events export`: JSON Lines with bodies, newest first. */
const exportEvents = (finder: Finder, query: Omit<EventQuery, 'order'>): ExitCode => {
  for (const event of pages(finder, { ...query, raw: true })) print(JSON.stringify(whole(event)))
  return EX.ok
}

/** What the command line says about which events. */
export interface EventFilters {
  readonly command?: string
  readonly key?: string
  readonly app?: number
  readonly sink?: string
  readonly state?: DeliveryState
  readonly status?: EventStatus
  readonly since?: string
  readonly until?: string
  readonly limit?: number
  readonly json?: boolean
}
export type EventsRequest =
  | { readonly kind: 'list' | 'export'; readonly filters: EventFilters }
  | { readonly kind: 'show'; readonly id: string; readonly json: boolean }

const DEFAULT_LIMIT = 50

const queryOf = ({ json: _, since, until, limit, ...filters }: EventFilters, otherwise: number): Omit<EventQuery, 'order'> => ({
  ...filters,
  ...(since !== undefined && { since: momentOf(since, Date.now()) }),
  ...(until !== undefined && { until: momentOf(until, Date.now()) }),
  limit: Math.min(limit ?? otherwise, MOST_EVENTS),
})

/** `events list|show|export`. */
export const eventsCommand = async (request: EventsRequest, config: string | undefined): Promise<ExitCode> => {
  const reader = await openEvents(config)
  try {
    if (request.kind === 'show') return showEvent(reader, request.id, request.json)
    if (request.kind === 'list') return listEvents(reader, queryOf(request.filters, DEFAULT_LIMIT), request.filters.json ?? false)
    return exportEvents(reader, queryOf(request.filters, MOST_EVENTS))
  } finally {
    reader.close()
  }
}
