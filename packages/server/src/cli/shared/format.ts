import { type EventRecord, sanitize } from '@callboard/core'

const isoTime = (epochMs: number | undefined): string | null => (epochMs === undefined ? null : new Date(epochMs).toISOString())

/** Returns `1 event`, `2 events`. `many` is the plural if an `s` is not enough. */
export const plural = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
] as const

/** Formats a duration in its two largest units: `2d 3h`, `41s`. Less than a second, or a negative duration, is `0s`. */
export const formatDuration = (durationMs: number): string => {
  let left = Math.max(0, durationMs)
  const parts: string[] = []
  for (const [unit, unitMs] of UNITS) {
    const count = Math.floor(left / unitMs)
    left -= count * unitMs
    if (count > 0) parts.push(`${count}${unit}`)
    else if (parts.length > 0) break
  }
  return parts.slice(0, 2).join(' ') || '0s'
}

/** Returns the event in the form that `--json` prints. Scripts rely on it. */
export const toEventJson = (event: EventRecord) => ({
  id: event.id,
  app: event.app,
  command: event.command,
  key: event.key ?? null,
  status: event.status,
  receivedAt: isoTime(event.receivedAt),
  eventTime: isoTime(event.eventTime),
  duplicates: event.duplicates,
  ...(event.decision && { decision: event.decision }),
  ...(event.reasons && { reasons: event.reasons }),
  deliveries: event.deliveries.map(({ sink, state, attempts, dueAt, error, discarded }) => ({
    sink,
    state,
    attempts,
    ...(dueAt !== undefined && { dueAt: isoTime(dueAt) }),
    ...(error !== undefined && { error }),
    ...(discarded && { discarded: { by: discarded.by, at: isoTime(discarded.at) } }),
  })),
})

/** Formats the fields that start the line of an event: time, id, app, command and key. */
export const formatEventHead = ({ receivedAt, id, app, command, key }: EventRecord): string =>
  [isoTime(receivedAt), id, app, command, key ?? '-'].join('  ')

/** Formats an event as one line of text. */
export const formatEvent = (event: EventRecord): string => {
  const deliveries = event.deliveries.map(({ sink, state, attempts }) => `${sink}:${state}${attempts > 1 ? `(${attempts})` : ''}`).join(' ')
  const duplicates = event.duplicates > 0 ? ` +${plural(event.duplicates, 'duplicate')}` : ''
  const status = event.status === 'accepted' ? '' : ` [${event.status}]`
  return sanitize(`${formatEventHead(event)}${status}${duplicates}  ${deliveries}`)
}
