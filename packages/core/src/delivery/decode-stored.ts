import type { StoredEvent } from '../journal/journal.ts'
import { parse } from '../json/parse.ts'
import type { ScanLimits } from '../json/scan.ts'
import type { SinkEvent } from '../plugin/event.ts'
import type { DecodedBody, Plugin } from '../plugin/plugin.ts'
import { runWatched, type WatchdogHook } from '../util/watchdog-hook.ts'

/** An event as a plugin sees it. */
export interface DecodedEvent {
  readonly event: SinkEvent
  /** Absent where no plugin declares the command. */
  readonly decoded?: DecodedBody
}

/** The event as today's plugins see it. The bytes are the record; the body is a view. */
export const decodeStored = (
  stored: StoredEvent,
  plugins: ReadonlyMap<string, Plugin>,
  limits: ScanLimits,
  watch: WatchdogHook,
): DecodedEvent | 'undecodable' => {
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
  const understood = runWatched(watch, 'plugin', command, () => plugin.decode(json.right))
  if ('reasons' in understood) return 'undecodable'
  return { event: { ...common, status: 'accepted', body: understood.body }, decoded: understood }
}
