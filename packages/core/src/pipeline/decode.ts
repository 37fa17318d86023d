import { chain, type Either, left, map, mapLeft, right } from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { MalformedReason } from '../fault.ts'
import type { JsonObject } from '../json/json.ts'
import { parse } from '../json/parse.ts'
import type { ScanLimits } from '../json/scan.ts'
import type { Plugin } from '../plugin/plugin.ts'
import type { Clock } from '../util/clock.ts'
import { runWatched, type WatchdogHook } from '../util/watchdog-hook.ts'
import type { Decoded, Rejection, WithBody } from './context.ts'
import { newEventId } from './event-id.ts'
import type { QueryParams } from './query-params.ts'

/** Returns the command of the query, which decides the route. */
const commandOf = ({ kept, repeated }: QueryParams): Either<MalformedReason, string> => {
  if (repeated.has('CallbackCommand')) return left('two_commands')
  return kept.CallbackCommand ? right(kept.CallbackCommand) : left('no_command')
}

/** The body may lack the command, but must not contradict the query. */
const checkCommand =
  (command: string) =>
  (json: JsonObject): Either<MalformedReason, JsonObject> =>
    json.CallbackCommand === undefined || json.CallbackCommand === command ? right(json) : left('command_mismatch')

interface DecodeDeps {
  readonly plugins: ReadonlyMap<string, Plugin>
  readonly limits: ScanLimits
  readonly clock: Clock
  readonly watchdog: WatchdogHook
}

/** Decodes the body: bytes to JSON, then the command, its plugin and the plugin's codec. */
export const decode = ({ plugins, limits, clock, watchdog }: DecodeDeps) => {
  const identify = (context: WithBody, command: string, json: JsonObject): Decoded => {
    const plugin = plugins.get(command)
    const common = {
      id: newEventId(),
      command,
      app: context.app,
      receivedAt: clock.now(),
      query: context.params.kept,
      raw: context.raw,
      ...(context.rebuilt && { rebuilt: true }),
    }
    if (plugin === undefined) {
      return { ...context, json, event: { ...common, body: json, status: 'unknown' }, fault: { _tag: 'UnknownCommand' } }
    }
    const decodedBody = runWatched(watchdog, 'plugin', command, () => plugin.decode(json))
    if ('reasons' in decodedBody) {
      const { reasons } = decodedBody
      const event = { ...common, body: json, status: 'quarantined', reasons } as const
      return { ...context, json, plugin, event, fault: { _tag: 'InvalidBody', reasons } }
    }
    const { body, key, eventTime } = decodedBody
    const event = {
      ...common,
      ...(key !== undefined && { key }),
      ...(eventTime !== undefined && { eventTime }),
      body,
      status: 'accepted',
    } as const
    return { ...context, json, plugin, event, decodedBody }
  }

  const decodeBody = (context: WithBody) => (command: string) =>
    pipe(
      parse(context.raw, limits),
      chain(checkCommand(command)),
      map((json) => identify(context, command, json)),
    )

  return (context: WithBody): Either<Rejection, Decoded> =>
    pipe(
      commandOf(context.params),
      chain(decodeBody(context)),
      mapLeft((reason) => ({ fault: { _tag: 'Malformed', reason }, context })),
    )
}
