import { type EventRecord, sanitize } from '@callboard/core'
import { print, printError } from '../../util/terminal.ts'
import { EX, type ExitCode } from '../exit-codes.ts'
import { shown } from '../shared/format-event.ts'
import { openEvents } from '../shared/open-reader.ts'
import { type Finder, pages } from '../shared/paginate.ts'
import { type DeadFlags, selectionFrom, selectsDeliveries } from './selection.ts'

const DEFAULT_LIMIT = 50

const isNewer = (a: EventRecord, b: EventRecord): boolean => a.receivedAt > b.receivedAt || (a.receivedAt === b.receivedAt && a.id > b.id)

/** Two lists, each newest first, as one. */
function* merged(one: Iterator<EventRecord, undefined>, other: Iterator<EventRecord, undefined>): Generator<EventRecord> {
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

/** Events with a dead delivery, and quarantined ones, newest first. */
export function* deadEvents(finder: Finder, flags: DeadFlags, ids: readonly string[]): Generator<EventRecord> {
  const { sink, key, reason, quarantined = false, limit = DEFAULT_LIMIT } = flags
  const meant = selectionFrom(flags, ids)
  const dead = pages(finder, {
    ...meant,
    ...(sink !== undefined && { sink }),
    ...(key !== undefined && { key }),
    ...(reason !== undefined && { error: reason }),
    state: 'dead',
    limit: quarantined ? 0 : limit,
  })
  const refused = pages(finder, { ...meant, status: 'quarantined', limit: selectsDeliveries(flags) ? 0 : limit })
  let left = limit
  for (const event of merged(dead, refused)) {
    if (left === 0) return
    left -= 1
    yield event
  }
}

const line = (event: EventRecord, sink: string | undefined): string => {
  const dead = event.deliveries
    .filter((delivery) => delivery.state === 'dead' && (sink === undefined || delivery.sink === sink))
    .map(({ sink: name, attempts, error = '' }) => `${name}: dead after ${attempts} attempt${attempts === 1 ? '' : 's'}: ${error}`)
  const refused = event.status === 'quarantined' ? [`quarantined: ${(event.reasons ?? []).join(', ')}`] : []
  const head = [new Date(event.receivedAt).toISOString(), event.id, event.app, event.command, event.key ?? '-'].join('  ')
  return sanitize(`${head}  ${[...dead, ...refused].join('; ')}`)
}

/** `dead list`: what was given up, and what was not understood, each with its reason. */
export const listDead = async (ids: readonly string[], flags: DeadFlags, config: string | undefined): Promise<ExitCode> => {
  const reader = await openEvents(config)
  try {
    let count = 0
    for (const event of deadEvents(reader, flags, ids)) {
      print(flags.json ? JSON.stringify(shown(event)) : line(event, flags.sink))
      count += 1
    }
    if (count === 0 && !flags.json) printError('nothing is dead or quarantined that matches')
    return EX.ok
  } finally {
    reader.close()
  }
}
