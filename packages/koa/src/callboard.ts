import type { IncomingMessage } from 'node:http'
import { type Clock, type CommandOf, createDispatcher, type Dispatcher, type Options, type Plugin, systemClock } from '@callboard/core'
import Router from '@koa/router'
import type { Middleware } from 'koa'
import { answerTo } from './answer.ts'

/** Everything a Callboard in a Koa app is made of. A route to a sink that is not there does not compile. */
export interface CallboardOptions<P extends Plugin = Plugin, Name extends string = string> extends Options {
  /** What is understood. */
  readonly plugins: readonly P[]
  /** Sinks by name. */
  readonly sinks: { readonly [N in Name]: Options['sinks'][string] }
  /** Command -> names of sinks. */
  readonly routes: { readonly [C in CommandOf<NoInfer<P>> | '*']?: readonly NoInfer<Name>[] } & Options['routes']
  /** May this peer send callbacks? By its address, for example; everyone by default. */
  readonly admit?: (request: IncomingMessage) => boolean
}

/** A Callboard that is open and delivering, to be mounted in a Koa app. */
export interface Callboard extends Dispatcher {
  /** Answers callbacks at this path: `app.use(callboard.router('/callback').routes())`. */
  readonly router: (path: string) => Router
  /** Answers every request that reaches it: `app.use(mount('/callback', callboard.middleware()))`. */
  readonly middleware: () => Middleware
}

/**
 * Checks the options, opens sinks and journal, and starts delivering what the journal holds. Rejects with one `ConfigError` that
 * lists everything wrong. Call `stop()` before the process ends.
 */
export const createCallboard = async <const P extends Plugin, const Name extends string>(
  options: CallboardOptions<P, Name>,
): Promise<Callboard> => {
  const dispatcher = await createDispatcher(options)
  const clock: Clock = options.clock ?? systemClock
  const answer = answerTo(dispatcher, clock, options.admit)
  return {
    ...dispatcher,
    middleware: () => answer,
    router: (path) => new Router().all(path, answer),
  }
}
