import type { StoredEvent } from './journal.ts'

/** Picks the fields of a stored event. Field by field, since a rest pattern takes ten times as long on this hot path. */
export const storedOf = (event: StoredEvent): StoredEvent => {
  const { id, app, command, key, status, receivedAt, eventTime, query, raw, rebuilt, decision, reasons } = event
  return {
    id,
    app,
    command,
    status,
    receivedAt,
    query,
    raw,
    ...(key !== undefined && { key }),
    ...(eventTime !== undefined && { eventTime }),
    ...(rebuilt && { rebuilt }),
    ...(decision && { decision }),
    ...(reasons && { reasons }),
  }
}
