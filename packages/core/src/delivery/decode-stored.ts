import { type Either, left, right } from 'fp-ts/lib/Either.js'
import type { StoredEvent } from '../journal/journal.ts'
import { parse } from '../json/parse.ts'
import type { ScanLimits } from '../json/scan.ts'
import type { SinkEvent } from '../plugin/event.ts'
import type { DecodedBody, Plugin } from '../plugin/plugin.ts'
import { runWatched, type WatchdogHook } from '../util/watchdog-hook.ts'

/** An event with the body that its plugin decoded. */
export interface DecodedEvent {
  readonly event: SinkEvent
  /** Absent when no plugin declares the command. */
  readonly decodedBody?: DecodedBody
}

/** The dependencies of `decodeStored`. */
export interface DecodeStoredDeps {
  readonly plugins: ReadonlyMap<string, Plugin>
  readonly limits: ScanLimits
  readonly watchdog: WatchdogHook
}

/** Decodes the stored bytes with today's plugins. */
export const decodeStored = (
  { id, command, app, key, receivedAt, eventTime, query, raw, rebuilt }: StoredEvent,
  { plugins, limits, watchdog }: DecodeStoredDeps,
): Either<'undecodable', DecodedEvent> => {
  const json = parse(raw, limits)
  if (json._tag === 'Left') return left('undecodable')
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
  if (!plugin) return right({ event: { ...common, status: 'unknown', body: json.right } })
  const decodedBody = runWatched(watchdog, 'plugin', command, () => plugin.decode(json.right))
  if ('reasons' in decodedBody) return left('undecodable')
  return right({ event: { ...common, status: 'accepted', body: decodedBody.body }, decodedBody })
}
