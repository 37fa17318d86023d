import { type EventRecord, sanitize } from '@callboard/core'
import { print, printError } from '../../util/terminal.ts'
import { EX, type ExitCode } from '../exit-codes.ts'
import { formatEventHead, plural, toEventJson } from '../shared/format.ts'
import { type EventFinder, openConfiguredReader, paginate } from '../shared/read-journal.ts'
import { type DeadFlags, selectionFrom, selectsDeliveries } from './selection.ts'

const DEFAULT_LIMIT = 50

const isNewer = (a: EventRecord, b: EventRecord): boolean => a.receivedAt > b.receivedAt || (a.receivedAt === b.receivedAt && a.id > b.id)

/** Merges two sequences of events, each newest first. */
function* mergeNewestFirst(one: Iterator<EventRecord, undefined>, other: Iterator<EventRecord, undefined>): Generator<EventRecord> {
  let a = one.next().value
  let b = other.next().value
  while (a || b) {
    if (a && (!b || isNewer(a, b))) {
      yield a
      a = one.next().value
    } else if (b) {
      yield b
      b = other.next().value
    }
  }
}

/** Yields the selected events with a dead delivery and the selected quarantined events, newest first. */
export function* deadEvents(finder: EventFinder, flags: DeadFlags, ids: readonly string[]): Generator<EventRecord> {
  const { sink, key, reason, quarantined = false, limit = DEFAULT_LIMIT } = flags
  const selection = selectionFrom(flags, ids)
  const withDeadDelivery = paginate(finder, {
    ...selection,
    ...(sink !== undefined && { sink }),
    ...(key !== undefined && { key }),
    ...(reason !== undefined && { error: reason }),
    state: 'dead',
    limit: quarantined ? 0 : limit,
  })
  const inQuarantine = paginate(finder, { ...selection, status: 'quarantined', limit: selectsDeliveries(flags) ? 0 : limit })
  let left = limit
  for (const event of mergeNewestFirst(withDeadDelivery, inQuarantine)) {
    if (left === 0) return
    left -= 1
    yield event
  }
}

const formatDeadEvent = (event: EventRecord, sink: string | undefined): string => {
  const dead = event.deliveries
    .filter((delivery) => delivery.state === 'dead' && (sink === undefined || delivery.sink === sink))
    .map(({ sink: name, attempts, error = '' }) => `${name}: dead after ${plural(attempts, 'attempt')}: ${error}`)
  const quarantined = event.status === 'quarantined' ? [`quarantined: ${(event.reasons ?? []).join(', ')}`] : []
  return sanitize(`${formatEventHead(event)}  ${[...dead, ...quarantined].join('; ')}`)
}

/** Runs `dead list`. */
export const listDead = async (ids: readonly string[], flags: DeadFlags, configFile: string | undefined): Promise<ExitCode> => {
  const reader = await openConfiguredReader(configFile)
  try {
    let count = 0
    for (const event of deadEvents(reader, flags, ids)) {
      print(flags.json ? JSON.stringify(toEventJson(event)) : formatDeadEvent(event, flags.sink))
      count += 1
    }
    if (count === 0 && !flags.json) printError('no dead delivery and no quarantined event matches')
    return EX.ok
  } finally {
    reader.close()
  }
}
