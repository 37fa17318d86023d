import { requireSound } from './codec/argument.ts'
import { explainNotA } from './plugin/brand.ts'
import type { CallbackEvent, SinkEvent } from './plugin/event.ts'
import type { Plugin } from './plugin/plugin.ts'
import type { SinkFunction } from './sink.ts'
import { describeValue } from './util/foreign-value.ts'

/** The accepted events of a plugin, or of several: `event.command` tells which. */
export type EventOf<P extends Plugin> =
  P extends Plugin<infer Command, infer Body> ? SinkEvent & CallbackEvent<Body, Command> & { readonly status: 'accepted' } : never

/**
 * Makes a function sink for the events of one plugin or of several. Its `body` has the type of the plugin. Other events are
 * delivered without a call. `handler` may be async. When it throws, the delivery fails and is retried.
 * Throws a ConfigError when an argument is wrong.
 *
 * @example
 * sinks: { mine: handle(groupDestroyed, async ({ body }) => forget(body.GroupId)) }
 */
export const handle = <P extends Plugin>(
  plugins: P | readonly P[],
  handler: (event: EventOf<P>, signal: AbortSignal) => unknown,
): SinkFunction => {
  const handled: readonly Plugin[] = [plugins].flat()
  requireSound('handle', [
    ...handled.map((plugin) => explainNotA(plugin, 'plugin')),
    typeof handler === 'function' ? undefined : `expected a function that handles an event, got ${describeValue(handler)}`,
  ])
  const isHandled = (event: SinkEvent): event is SinkEvent & EventOf<P> => handled.some((plugin) => plugin.is(event))
  return (event, signal) => (isHandled(event) ? handler(event, signal) : undefined)
}
