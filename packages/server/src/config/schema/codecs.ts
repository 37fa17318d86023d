import { duration, integer, type JsonObject, list, oneOf, schemaOf, size, strictStruct, withSchema } from '@callboard/core'
import { parseIpRange, targetFields } from '@callboard/sinks'
import * as t from 'io-ts'

/** A value of another codec that is right only under a condition; `schema`: as much of the condition as JSON Schema can say. */
export const refine = <A>(
  name: string,
  base: t.Type<A, unknown, unknown>,
  isRight: (value: A) => boolean,
  schema: JsonObject = {},
): t.Type<A, unknown, unknown> =>
  withSchema(
    new t.Type<A, unknown, unknown>(
      name,
      (value): value is A => base.is(value) && isRight(value),
      (value, context) => {
        const read = base.validate(value, context)
        return read._tag === 'Right' && isRight(read.right) ? read : t.failure(value, context)
      },
      (value) => base.encode(value),
    ),
    { ...schemaOf(base), ...schema },
  )

/** Text. A number is refused rather than printed anew, which could change it: 0123, 1e3. */
const Text = withSchema(
  new t.Type<string, string, unknown>(
    'text',
    t.string.is,
    (value, context) => {
      if (typeof value === 'string') return t.success(value)
      return typeof value === 'number' || typeof value === 'boolean'
        ? t.failure(value, context, 'expected text: put it in quotes')
        : t.failure(value, context)
    },
    t.identity,
  ),
  { type: 'string' },
)

const PATH = /^\/[^?#\s]*$/
const LAST_PORT = 65_535

/** Text that says something, such as a name or a path. */
export const NonEmptyText = refine('text that is not empty', Text, (text) => text !== '', { minLength: 1 })
const Port = refine('a port from 0 to 65535', integer, (port) => port >= 0 && port <= LAST_PORT, { minimum: 0, maximum: LAST_PORT })
const UrlPath = refine('a path that starts with / and holds neither ? nor #', Text, (path) => PATH.test(path), { pattern: PATH.source })
const Range = refine('an address range such as 10.0.0.0/8', Text, (text) => parseIpRange(text) !== undefined, { minLength: 1 })
const Count = refine('a whole number, 1 or more', integer, (count) => count >= 1, { minimum: 1 })
const Bytes = refine(`${size.name}, at least one byte`, size, (bytes) => bytes >= 1, { minimum: 1 })

/** The parts of a configuration, and what each is for. */
export const parts = {
  apps: 'The apps whose callbacks are received, with the tokens that sign them.',
  listen: 'Where callbacks arrive.',
  admin: 'Where health, metrics and the operator’s commands are.',
  journal: 'Where events are written before they are answered.',
  plugins: 'Package names or ./paths of what declares callbacks.',
  sinks: 'The places where events go, by name.',
  routes: 'Command -> names of sinks; "*" for every other command.',
  decisions: 'What decides a before-callback, by command.',
  limits: 'Bounds on what one request may bring.',
  retention: 'For how long the journal keeps what is over, and how much of it.',
} as const
/** The name of a part. */
export type Part = keyof typeof parts

/** What may be written about an app. */
export const AppEntry = strictStruct({ sdkAppId: integer }, { tokens: list(Text), verify: oneOf('none') })
export type AppEntry = t.TypeOf<typeof AppEntry>

/** Where callbacks arrive. */
export const ListenEntry = strictStruct(
  {},
  {
    host: NonEmptyText,
    port: Port,
    path: UrlPath,
    tls: strictStruct({ cert: NonEmptyText, key: NonEmptyText }),
    allow: list(Range),
    proxies: list(Range),
  },
)
/** Where health, metrics and the console are. */
export const AdminEntry = strictStruct({}, { host: NonEmptyText, port: Port, token: NonEmptyText })
/** The journal that a restart forgets… */
export const MemoryEntry = strictStruct({ use: oneOf('memory') })
/** …and the one on disk, which is meant where nothing is said. */
export const SqliteEntry = strictStruct({}, { use: oneOf('memory', 'sqlite'), path: NonEmptyText })
/** Bounds on what one request may bring. */
export const LimitsEntry = strictStruct({}, { body: Bytes, depth: Count, values: Count, queue: Bytes })
/** For how long the journal keeps what is over, and how much of it. */
export const RetentionEntry = strictStruct({}, { delivered: duration, dead: duration, size: Bytes })
/** The options that every sink takes. The limits of their values are core's to check. */
export const deliveringEntries = {
  order: refine('true or false', t.boolean, () => true),
  concurrency: integer,
  timeout: duration,
  retry: Text,
} as const
/** What decides a before-callback. */
export const DecisionEntry = strictStruct({ use: NonEmptyText }, { deadline: duration, fallback: oneOf('allow', 'refuse') })
export type DecisionEntry = t.TypeOf<typeof DecisionEntry>
/** The same, where another HTTP service decides. */
export const WebhookDecisionEntry = strictStruct(
  { use: oneOf('webhook'), ...targetFields.required },
  { ...targetFields.optional, deadline: duration, fallback: oneOf('allow', 'refuse') },
)

/** What holds where the file says nothing. */
export const defaults = {
  listen: { host: '127.0.0.1', port: 8080, path: '/callback' },
  admin: { host: '127.0.0.1', port: 9090 },
  journal: { use: 'sqlite', path: './data/callboard.db' },
} as const

/** A configuration as it was written, with its defaults and with absolute paths. */
export interface Settings {
  readonly apps: readonly AppEntry[]
  readonly listen: t.TypeOf<typeof ListenEntry> & { readonly host: string; readonly port: number; readonly path: string }
  readonly admin: t.TypeOf<typeof AdminEntry> & { readonly host: string; readonly port: number }
  readonly journal: { readonly use: 'memory' } | { readonly use: 'sqlite'; readonly path: string }
  /** Package names or paths, as they were written. */
  readonly plugins: readonly string[]
  /** By name: `use`, and the options as they were given. */
  readonly sinks: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  readonly routes: Readonly<Record<string, readonly string[]>>
  /** By command. */
  readonly decisions: Readonly<Record<string, DecisionEntry & Readonly<Record<string, unknown>>>>
  readonly limits: t.TypeOf<typeof LimitsEntry>
  readonly retention: t.TypeOf<typeof RetentionEntry>
}
