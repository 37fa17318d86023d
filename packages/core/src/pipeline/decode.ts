import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js'
import type { MalformedReason } from '../fault.ts'
import type { JsonObject } from '../json/json.ts'
import { parse } from '../json/parse.ts'
import type { ScanLimits } from '../json/scan.ts'
import type { SinkEvent } from '../plugin/event.ts'
import type { Plugin } from '../plugin/plugin.ts'
import type { Clock } from '../util/clock.ts'
import { runWatched, type WatchdogHook } from '../util/watchdog-hook.ts'
import type { Decoded, Rejection, WithBody } from './context.ts'
import { newId } from './event-id.ts'
import type { QueryParams } from './query-params.ts'

const malformed = (reason: MalformedReason): Rejection => ({ fault: { _tag: 'Malformed', reason } })

/** The query's command, or why it is no command. The query decides; the body may lack it, but may not contradict it. */
const commandIn = ({ kept, repeated }: QueryParams): string | Rejection => {
  if (repeated.has('CallbackCommand')) return malformed('two_commands')
  return kept.CallbackCommand || malformed('no_command')
}

/** Which callback is it and what does it say? bytes -> JSON -> command -> plugin -> codec. */
export const decode = (plugins: readonly Plugin[], limits: ScanLimits, clock: Clock, watch: WatchdogHook) => {
  const byCommand = new Map(plugins.map((plugin) => [plugin.command, plugin]))

  const identify = (received: WithBody, command: string, json: JsonObject): Decoded => {
    const plugin = byCommand.get(command)
    const seen = plugin && runWatched(watch, 'plugin', command, () => plugin.decode(json))
    const common = {
      id: newId(),
      command,
      app: received.app,
      receivedAt: clock.now(),
      query: received.params.kept,
      raw: received.raw,
      ...(received.rebuilt && { rebuilt: true }),
    }
    if (plugin === undefined || seen === undefined) {
      return { ...received, json, event: { ...common, body: json, status: 'unknown' }, fault: { _tag: 'UnknownCommand' } }
    }
    if ('reasons' in seen) {
      const { reasons } = seen
      return {
        ...received,
        json,
        plugin,
        event: { ...common, body: json, status: 'quarantined', reasons },
        fault: { _tag: 'InvalidBody', reasons },
      }
    }
    const event: SinkEvent = {
      ...common,
      ...(seen.key !== undefined && { key: seen.key }),
      ...(seen.eventTime !== undefined && { eventTime: seen.eventTime }),
      body: seen.body,
      status: 'accepted',
    }
    return { ...received, json, plugin, event, decoded: seen }
  }

  return (received: WithBody): Either<Rejection, Decoded> => {
    const command = commandIn(received.params)
    if (typeof command !== 'string') return left(command)
    const parsed = parse(received.raw, limits)
    if (isLeft(parsed)) return left(malformed(parsed.left))
    const json = parsed.right
    if (json.CallbackCommand !== undefined && json.CallbackCommand !== command) return left(malformed('command_mismatch'))
    return right(identify(received, command, json))
  }
}
