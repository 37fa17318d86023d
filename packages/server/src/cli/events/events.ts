import { type DeliveryState, type EventQuery, type EventRecord, type EventStatus, parseJson, sanitize } from '@callboard/core'
import type { Reader } from '@callboard/journal'
import { OperatorError } from '../../util/operator-error.ts'
import { print, printError } from '../../util/terminal.ts'
import { EX, type ExitCode } from '../exit-codes.ts'
import { formatEvent, toEventJson } from '../shared/format.ts'
import { openConfiguredReader, paginate } from '../shared/read-journal.ts'

/** The flags of `events list` and `events export`. Times in milliseconds since the Unix epoch. */
export interface EventFlags {
  readonly command?: string
  readonly key?: string
  readonly app?: number
  readonly sink?: string
  readonly state?: DeliveryState
  readonly status?: EventStatus
  readonly since?: number
  readonly until?: number
  readonly limit?: number
  readonly json?: boolean
}

const DEFAULT_LIMIT = 50
const MAX_LIMIT = 1_000_000

const queryOf = ({ json: _, limit, ...filters }: EventFlags, defaultLimit: number): Omit<EventQuery, 'order'> => ({
  ...filters,
  limit: Math.min(limit ?? defaultLimit, MAX_LIMIT),
})

const utf8 = new TextDecoder('utf-8')

const parseBody = (raw: Uint8Array): unknown => {
  try {
    return parseJson(raw)
  } catch {
    return null
  }
}

/** Returns the event with its body and its query, as `events show` and `events export` print it. */
const toFullEventJson = (event: EventRecord) => {
  const { raw = new Uint8Array(), query } = event
  return { ...toEventJson(event), body: parseBody(raw), raw: utf8.decode(raw), query }
}

const withReader = async (configFile: string | undefined, run: (reader: Reader) => void): Promise<ExitCode> => {
  const reader = await openConfiguredReader(configFile)
  try {
    run(reader)
    return EX.ok
  } finally {
    reader.close()
  }
}

/** Runs `events list`. */
export const listEvents = (flags: EventFlags, configFile: string | undefined): Promise<ExitCode> =>
  withReader(configFile, (reader) => {
    let count = 0
    for (const event of paginate(reader, queryOf(flags, DEFAULT_LIMIT))) {
      print(flags.json ? JSON.stringify(toEventJson(event)) : formatEvent(event))
      count += 1
    }
    if (count === 0 && !flags.json) printError('no event matches')
  })

/** Runs `events show ID`. */
export const showEvent = (id: string, json: boolean, configFile: string | undefined): Promise<ExitCode> =>
  withReader(configFile, (reader) => {
    const [event] = reader.find({ ids: [id], limit: 1, order: 'newest', raw: true }).events
    if (!event) throw new OperatorError('notOk', `no event has the id ${sanitize(id)}; run \`callboard events list\` to see the ids`)
    if (json) print(JSON.stringify(toFullEventJson(event)))
    else for (const line of JSON.stringify(toFullEventJson(event), null, 2).split('\n')) print(sanitize(line))
  })

/** Runs `events export`. */
export const exportEvents = (flags: EventFlags, configFile: string | undefined): Promise<ExitCode> =>
  withReader(configFile, (reader) => {
    for (const event of paginate(reader, { ...queryOf(flags, MAX_LIMIT), raw: true })) print(JSON.stringify(toFullEventJson(event)))
  })
