import { duration, integer, list, oneOf, refine, size, strictStruct, withSchema } from '@callboard/core'
import { parseIpRange, targetFields } from '@callboard/sinks'
import * as t from 'io-ts'
import { encodePath } from '../../util/url-path.ts'
import type { JournalSettings, ListenSettings } from '../service.ts'

/** Text. A number is refused, because YAML does not keep how it was written (`0123`, `1e3`): put it in quotes. */
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

/** The characters that a path in a request consists of. */
const URL_PATH = /^\/(?:[!"$->@-~])*$/
const MAX_PORT = 65_535

/** Text of at least one character that is no white space. */
export const NonEmptyText = refine(Text, 'text that is not empty', (text) => text.trim() !== '', { minLength: 1, pattern: '\\S' })
const Port = refine(integer, 'a port from 0 to 65535', (port) => port >= 0 && port <= MAX_PORT, { minimum: 0, maximum: MAX_PORT })
/** A path as requests carry it. The refusal of another path shows what to write. */
const UrlPath = withSchema(
  new t.Type<string, string, unknown>(
    'a path that starts with /',
    t.string.is,
    (value, context) => {
      if (typeof value !== 'string' || !value.startsWith('/')) return t.failure(value, context)
      const encoded = encodePath(value)
      return encoded === value ? t.success(value) : t.failure(value, context, `expected a path as requests carry it: write "${encoded}"`)
    },
    t.identity,
  ),
  { type: 'string', pattern: URL_PATH.source },
)
/** A name in the Host header. */
const HOST_NAME = /^[^\s/?#@\\:[\]]+$/
const HostName = refine(Text, 'a host name without a port, such as callboard.example.com', (name) => HOST_NAME.test(name), {
  pattern: HOST_NAME.source,
})
const Range = refine(Text, 'an address range such as 10.0.0.0/8', (text) => parseIpRange(text) !== undefined, { minLength: 1 })
const Count = refine(integer, 'a whole number, 1 or more', (count) => count >= 1, { minimum: 1 })
const Bytes = refine(size, `${size.name}, at least one byte`, (bytes) => bytes >= 1, { minimum: 1 })

/** The top-level keys of a configuration, and what each is for. */
export const parts = {
  apps: 'The apps that send callbacks, with the tokens that sign them.',
  listen: 'The listener that receives callbacks.',
  admin: 'The listener for health, metrics and administration.',
  journal: 'The journal, where events are stored before they are answered.',
  plugins: 'Package names or ./paths of modules that export plugins.',
  sinks: 'The sinks that events are delivered to, by name.',
  routes: 'Sink names by command; "*" for every other command.',
  decisions: 'Decisions on before-callbacks, by command.',
  limits: 'Limits on the size of one request, and on the queue.',
  retention: 'How long the journal keeps finished events, and how many bytes of them.',
} as const
/** A top-level key of a configuration. */
export type Part = keyof typeof parts

/** An item of `apps`. */
export const AppEntry = strictStruct({ sdkAppId: integer }, { tokens: list(Text), verify: oneOf('none') })
export type AppEntry = t.TypeOf<typeof AppEntry>

/** The value of `listen.tls`. */
export const TlsEntry = strictStruct({ cert: NonEmptyText, key: NonEmptyText }, { ca: NonEmptyText })
/** The value of `listen`. */
export const ListenEntry = strictStruct(
  {},
  {
    host: NonEmptyText,
    port: Port,
    path: UrlPath,
    tls: TlsEntry,
    allow: list(Range),
    proxies: list(Range),
  },
)
/** The value of `admin`. */
export const AdminEntry = strictStruct({}, { host: NonEmptyText, port: Port, token: NonEmptyText, hosts: list(HostName) })
/** The value of `journal` for the in-memory journal. */
export const MemoryEntry = strictStruct({ use: oneOf('memory') })
/** The value of `journal` for SQLite, which is also the default. */
export const SqliteEntry = strictStruct({}, { use: oneOf('memory', 'sqlite'), path: NonEmptyText })
/** The value of `limits`. */
export const LimitsEntry = strictStruct({}, { body: Bytes, depth: Count, values: Count, queue: Bytes })
/** The value of `retention`. */
export const RetentionEntry = strictStruct({}, { delivered: duration, dead: duration, size: Bytes })
/** The options that every sink takes. Core checks the limits of their values. */
export const deliveryOptionCodecs = {
  order: refine(t.boolean, 'true or false', () => true),
  concurrency: integer,
  timeout: duration,
  retry: Text,
} as const
/** An entry of `decisions` that names a module. */
export const DecisionEntry = strictStruct({ use: NonEmptyText }, { deadline: duration, fallback: oneOf('allow', 'refuse') })
export type DecisionEntry = t.TypeOf<typeof DecisionEntry>
/** An entry of `decisions` that names an HTTP service. */
export const WebhookDecisionEntry = strictStruct(
  { use: oneOf('webhook'), ...targetFields.required },
  { ...targetFields.optional, deadline: duration, fallback: oneOf('allow', 'refuse') },
)

/** The defaults of absent keys. */
export const defaults = {
  listen: { host: '127.0.0.1', port: 8080, path: '/callback' },
  admin: { host: '127.0.0.1', port: 9090 },
  journal: { use: 'sqlite', path: './data/callboard.db' },
} as const

/** A configuration as written in the file, with defaults and absolute paths. */
export interface Settings extends ListenSettings {
  readonly apps: readonly AppEntry[]
  readonly journal: JournalSettings
  /** The package names and paths of the file. */
  readonly plugins: readonly string[]
  /** By name: `use` and the options. */
  readonly sinks: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  readonly routes: Readonly<Record<string, readonly string[]>>
  /** By command: `use` and the options. */
  readonly decisions: Readonly<Record<string, DecisionEntry & Readonly<Record<string, unknown>>>>
  readonly limits: t.TypeOf<typeof LimitsEntry>
  readonly retention: t.TypeOf<typeof RetentionEntry>
}
