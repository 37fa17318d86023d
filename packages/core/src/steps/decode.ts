import { type Either, left, map, mapLeft } from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Callback, Failed, Received } from '../callback.ts'
import type { Clock } from '../clock.ts'
import type { SinkEvent } from '../event.ts'
import type { Malformation } from '../fault.ts'
import { newId } from '../id.ts'
import type { JsonObject } from '../json.ts'
import { parse } from '../parse.ts'
import type { Plugin } from '../plugin.ts'
import type { ScanLimits } from '../scan.ts'

const malformed = (why: Malformation): Failed => ({ fault: { _tag: 'Malformed', why } })

/** The query's command, or why it is no command. The query decides; the body may lack it, but may not contradict it. */
const commandIn = (params: URLSearchParams): string | Failed => {
  const [command, ...others] = params.getAll('CallbackCommand')
  if (command === undefined || command === '') return malformed('no_command')
  return others.length > 0 ? malformed('two_commands') : command
}

const queryOf = (params: URLSearchParams): Readonly<Record<string, string>> =>
  Object.fromEntries([...params].filter(([name]) => name !== 'Sign'))

/** Which callback is it and what does it say? bytes -> JSON -> command -> plugin -> codec. */
export const decode = (plugins: readonly Plugin[], limits: ScanLimits, clock: Clock) => {
  const byCommand = new Map(plugins.map((plugin) => [plugin.command, plugin]))

  const identify = (received: Received, command: string, json: JsonObject): Callback => {
    const plugin = byCommand.get(command)
    const seen = plugin?.read(json)
    const common = {
      id: newId(),
      command,
      app: received.app,
      receivedAt: clock.now(),
      query: queryOf(received.params),
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
    return { ...received, json, plugin, event, understood: seen }
  }

  return (received: Received): Either<Failed, Callback> => {
    const command = commandIn(received.params)
    if (typeof command !== 'string') return left(command)
    return pipe(
      parse(received.raw, limits),
      mapLeft(malformed),
      (parsed) => {
        if (parsed._tag === 'Left') return parsed
        const inBody = parsed.right.CallbackCommand
        return inBody !== undefined && inBody !== command ? left(malformed('command_mismatch')) : parsed
      },
      map((json) => identify(received, command, json)),
    )
  }
}
