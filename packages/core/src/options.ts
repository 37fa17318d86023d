import type { Journal } from './journal/journal.ts'
import type { Retention } from './journal/retention.ts'
import type { Decision, Plugin } from './plugin/plugin.ts'
import type { Fallback } from './plugin/verdict.ts'
import type { Sink, SinkFunction } from './sink.ts'
import type { Emit } from './telemetry/events.ts'
import type { Clock } from './util/clock.ts'
import type { Log } from './util/log.ts'
import type { WatchdogHook } from './util/watchdog-hook.ts'

/** An app whose callbacks are received. */
export type App = {
  /** The SDKAppID, as the vendor's console shows it. */
  readonly sdkAppId: number
} & (
  | {
      /** The authentication tokens of the console. Give two while you rotate them. */
      readonly tokens: readonly string[]
      readonly verify?: never
    }
  | {
      /** No signature is required. Use it only if nobody else can reach the listener. */
      readonly verify: 'none'
      readonly tokens?: never
    }
)

/** A decision with its own deadline or fallback. */
export interface ConfiguredDecision {
  readonly use: Decision
  /** Milliseconds, or text such as `1500ms`. At most 1.6 s; default 1.5 s. */
  readonly deadline?: number | string
  /** Replaces the fallback of the plugin. */
  readonly fallback?: Fallback
}

/** The limits of one request. */
export interface Limits {
  /** Maximum bytes of a body; default 1 MiB. */
  readonly body?: number
  /** Maximum depth of nesting; default 64. */
  readonly depth?: number
  /** Maximum number of JSON values in a body; default 100 000. */
  readonly values?: number
  /** Maximum bytes that wait for the journal, and again as many that are being read; default 64 MiB. */
  readonly queue?: number
}

/** The limits that apply when the options name none. Bytes and numbers. */
export const DEFAULT_LIMITS = { body: 2 ** 20, depth: 64, values: 100_000, queue: 64 * 2 ** 20 }

/** The options of a Callboard. */
export interface Options {
  /** The apps whose callbacks are received: `[{ sdkAppId, tokens: [...] }]`, or `verify: 'none'` instead of tokens. */
  readonly apps: readonly App[]
  /** One plugin for each callback to decode. A callback without a plugin is stored with the status `unknown`. */
  readonly plugins: readonly Plugin[]
  /** The decisions, each for one before-callback. Without a decision the operation is allowed. */
  readonly decisions?: readonly (Decision | ConfiguredDecision)[]
  /** Sinks by name: a kind called with its options, or a function. */
  readonly sinks: Readonly<Record<string, Sink | SinkFunction>>
  /** Sink names by command. `"*"` is the route of all commands without one of their own. */
  readonly routes: Readonly<Record<string, readonly string[]>>
  /** Stores the events. The default keeps them in memory and loses them when the process ends. */
  readonly journal?: Journal | Promise<Journal>
  /** Limits of one request: `body` (1 MiB), `depth` (64) and `values` (100 000). `queue` (64 MiB) limits the bytes of all requests that wait for the journal. */
  readonly limits?: Limits
  /** How long the journal keeps finished events: `{ delivered: '7d', dead: '30d', size: '10GiB' }`. */
  readonly retention?: Retention
  /** Receives diagnostics: a pino logger, or any object with `info`, `warn` and `error`. The default discards them. */
  readonly log?: Log
  /** Receives every telemetry event from the start, for counters and tests. It must return quickly. `on` selects single events. */
  readonly listener?: Emit
  /** Is told which plugin, decision or sink runs. It must return at once. */
  readonly watchdog?: WatchdogHook
  /** The time, for tests. The default is the time of the machine. */
  readonly clock?: Clock
}
