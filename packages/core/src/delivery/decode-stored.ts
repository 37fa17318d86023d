import type { StoredEvent } from '../journal/journal.ts'
import { parse } from '../json/parse.ts'
import type { ScanLimits } from '../json/scan.ts'
import type { SinkEvent } from '../plugin/event.ts'
import type { Plugin, Read } from '../plugin/plugin.ts'
import { type Watch, watched } from '../util/watchdog-hook.ts'

/** An event as a plugin sees it. */
export interface Seen {
  readonly event: SinkEvent
  /** Absent where no plugin declares the command. */
  readonly understood?: Read
}

/** The event as today's plugins see it. The bytes are the record; the body is a view. */
export const see = (stored: StoredEvent, plugins: ReadonlyMap<string, Plugin>, limits: ScanLimits, watch: Watch): Seen | 'undecodable' => {
  const json = parse(stored.raw, limits)
  if (json._tag === 'Left') return 'undecodable'
  const { id, command, app, key, receivedAt, eventTime, query, raw, rebuilt } = stored
  const common = {
    id,
    command,
    app,
    receivedAt,
    query,
    raw,
    ...(key !== undefined && { key }),
    ...(eventTime !== undefined && { eventTime }),
    ...(rebuilt && { rebuilt }),
  }
  const plugin = plugins.get(command)
  if (!plugin) return { event: { ...common, status: 'unknown', body: json.right } }
  const understood = watched(watch, 'plugin', command, () => plugin.read(json.right))
  if ('reasons' in understood) return 'undecodable'
  return { event: { ...common, status: 'accepted', body: understood.body }, understood }
}
