import { type EventRecord, sanitize } from '@callboard/core'

const iso = (moment: number | undefined): string | null => (moment === undefined ? null : new Date(moment).toISOString())

/** An event as `--json` prints it: the shape that scripts rely on. */
export const shown = (event: EventRecord) => ({
  id: event.id,
  app: event.app,
  command: event.command,
  key: event.key ?? null,
  status: event.status,
  receivedAt: iso(event.receivedAt),
  eventTime: iso(event.eventTime),
  duplicates: event.duplicates,
  ...(event.decision && { decision: { by: event.decision.by, code: event.decision.code, ms: event.decision.ms } }),
  ...(event.reasons && { reasons: event.reasons }),
  deliveries: event.deliveries.map(({ sink, state, attempts, dueAt, error }) => ({
    sink,
    state,
    attempts,
    ...(dueAt !== undefined && { dueAt: iso(dueAt) }),
    ...(error !== undefined && { error }),
  })),
})

/** An event in one line for people. */
export const line = (event: EventRecord): string => {
  const deliveries = event.deliveries.map(({ sink, state, attempts }) => `${sink}:${state}${attempts > 1 ? `(${attempts})` : ''}`).join(' ')
  const duplicates = event.duplicates > 0 ? ` +${event.duplicates} duplicate${event.duplicates > 1 ? 's' : ''}` : ''
  const status = event.status === 'accepted' ? '' : ` [${event.status}]`
  return sanitize(
    `${iso(event.receivedAt)}  ${event.id}  ${event.app}  ${event.command}  ${event.key ?? '-'}${status}${duplicates}  ${deliveries}`,
  )
}
