import type { StoredEvent } from './journal.ts'

/**
 * What a journal keeps of an event, and nothing that stands beside it. Field by field: to leave one out with `...rest` takes ten
 * times as long.
 */
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
