import {
  type Clock,
  type CommandOf,
  ConfigError,
  createDispatcher,
  type Dispatcher,
  describeValue,
  isObject,
  type Options,
  type Plugin,
  systemClock,
} from '@callboard/core'
import Router from '@koa/router'
import type { Middleware } from 'koa'
import { type Admit, createMiddleware } from './middleware.ts'

/** The options of `createCallboard`. A route to a sink without a name in `sinks` is a compile error. */
export interface CallboardOptions<P extends Plugin = Plugin, Name extends string = string> extends Options {
  /** The callbacks to decode. */
  readonly plugins: readonly P[]
  /** Sinks by name. */
  readonly sinks: { readonly [N in Name]: Options['sinks'][string] }
  /** Maps a command to names of sinks. `"*"` is the route of all other commands. */
  readonly routes: { readonly [C in CommandOf<NoInfer<P>> | '*']?: readonly NoInfer<Name>[] } & Options['routes']
  /** Tells whether a peer may send callbacks, for example by its address. A refusal names the address for the log. Default: everyone may. */
  readonly admit?: Admit
}

/** A running Callboard, ready to be mounted in a Koa app. */
export interface Callboard extends Dispatcher {
  /**
   * Returns a router that answers callbacks at a path: `app.use(callboard.router('/callback').routes())`. A slash at the end does not
   * matter. Characters outside ASCII are encoded.
   */
  readonly router: (path: string) => Router
  /** Returns a middleware that answers every request: `app.use(mount('/callback', callboard.middleware()))`. */
  readonly middleware: () => Middleware
}

/** A router compares its path with the encoded path of a request. A slash at its end would be demanded of each request. */
const routerPath = (path: string): string =>
  path
    .toWellFormed()
    .replace(/[^!-~]/gu, encodeURIComponent)
    .replace(/(?<=.)\/$/, '')

/**
 * Checks the options, opens sinks and journal, and starts to deliver the events in the journal. Rejects with one `ConfigError` that
 * lists all problems. Call `stop()` before the process ends.
 */
export const createCallboard = async <const P extends Plugin, const Name extends string>(
  options: CallboardOptions<P, Name>,
): Promise<Callboard> => {
  // In JavaScript the options may be anything: the dispatcher explains what is wrong.
  const { admit, ...others } = options ?? {}
  if (admit !== undefined && typeof admit !== 'function') {
    const message = `expected a function that tells whether a peer may send callbacks, got ${describeValue(admit)}`
    throw new ConfigError([{ path: ['admit'], message, level: 'error' }])
  }
  const dispatcher = await createDispatcher(isObject(options) ? others : options)
  const clock: Clock = options.clock ?? systemClock
  const middleware = createMiddleware(dispatcher, clock, admit)
  return {
    ...dispatcher,
    middleware: (...given: readonly unknown[]) => {
      if (given.length > 0) throw new TypeError('call callboard.middleware() and mount its result: app.use(callboard.middleware())')
      return middleware
    },
    router: (path) => new Router().all(routerPath(path), middleware),
  }
}
