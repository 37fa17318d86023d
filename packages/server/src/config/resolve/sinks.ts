import { resolve } from 'node:path'
import { brandOf, type DeliveryOptions, isObject, isSinkKind, type Sink, type SinkKind, suggest } from '@callboard/core'
import * as sinkPackage from '@callboard/sinks'
import { explainBlockedTarget } from '@callboard/sinks'
import type * as t from 'io-ts'
import { deliveryOptionCodecs, NonEmptyText } from '../schema/codecs.ts'
import type { ConfigDocument } from '../yaml/document.ts'
import type { Path } from '../yaml/source-map.ts'
import { describeExports, type LoadError, type LoadModule, versionMismatch } from './load-module.ts'

type Entry = Readonly<Record<string, unknown>>

/** The sinks of a configuration. */
export interface Sinks {
  /** Includes a placeholder for each invalid sink, so that a route to it causes no second problem. */
  readonly sinks: Readonly<Record<string, Sink>>
  /** The entries of the file, with absolute paths. */
  readonly entries: Readonly<Record<string, Entry>>
  /** Webhooks at addresses that the SSRF guard blocks. */
  readonly blocked: readonly { readonly path: Path; readonly message: string }[]
}

const exported: readonly unknown[] = Object.values(sinkPackage)

/** The kinds of sink that the program brings along, by name. */
export const builtInSinkKinds: ReadonlyMap<string, SinkKind> = new Map(exported.filter(isSinkKind).map((kind) => [kind.kind, kind]))

/** Returns whether a value looks like the argument of defineSink. */
const isSinkSpec = (value: unknown): boolean => isObject(value) && brandOf(value) === undefined && typeof value.open === 'function'

const SHORT_NAME = /^[a-z0-9-]+$/i

/** Finds a kind of sink: a built-in one by its name, every other one by package name or path. */
const findKind = async (use: string, load: LoadModule): Promise<SinkKind | LoadError> => {
  const builtIn = builtInSinkKinds.get(use)
  if (builtIn) return builtIn
  const quoted = JSON.stringify(use)
  const module = await load(use)
  if ('message' in module) {
    const names = [...builtInSinkKinds.keys()]
    return SHORT_NAME.test(use)
      ? {
          message: `unknown kind of sink ${quoted}${suggest(use, names)} (built in: ${names.join(', ')}; others by package name or ./path)`,
        }
      : module
  }
  const mismatch = versionMismatch(
    use,
    'sink',
    module.exports.map(([, value]) => value),
  )
  if (mismatch) return mismatch
  const kinds = module.exports.filter(([, value]) => isSinkKind(value))
  const [first] = kinds
  if (!first)
    return { message: `${quoted} exports no sink made by defineSink: ${describeExports(module.exports, 'defineSink', isSinkSpec)}` }
  const [name, kind] = first
  if (kinds.length > 1 && name !== 'default')
    return { message: `${quoted} exports several sinks: ${kinds.map(([each]) => each).join(', ')}; make one of them its default export` }
  return isSinkKind(kind) ? kind : { message: `${quoted} exports no sink` }
}

const DELIVERY_OPTIONS = Object.keys(deliveryOptionCodecs)

/** Takes the place of a sink whose problems are already reported. */
const INVALID_SINK: Sink = {
  kind: 'invalid',
  deliveryOptions: {},
  problems: [],
  open: () => Promise.reject(new TypeError('this sink is not configured')),
}

const deliveryOptionsOf = (document: ConfigDocument, entry: Entry, path: Path): DeliveryOptions => {
  const option = <A>(codec: t.Type<A, unknown, unknown>, name: string): A | undefined =>
    Object.hasOwn(entry, name) ? document.decode(codec, [...path, name]) : undefined
  const order = option(deliveryOptionCodecs.order, 'order')
  const concurrency = option(deliveryOptionCodecs.concurrency, 'concurrency')
  const timeout = option(deliveryOptionCodecs.timeout, 'timeout')
  const retry = option(deliveryOptionCodecs.retry, 'retry')
  return {
    ...(order !== undefined && { order }),
    ...(concurrency !== undefined && { concurrency }),
    ...(timeout !== undefined && { timeout }),
    ...(retry !== undefined && { retry }),
  }
}

/** Makes the path of a file sink absolute. */
const withAbsolutePath = (use: string, entry: Entry, directory: string): Entry =>
  use === 'file' && typeof entry.path === 'string' && entry.path !== '' ? { ...entry, path: resolve(directory, entry.path) } : entry

const explainBlockedWebhook = (use: string, { url, allow }: Entry): string | undefined =>
  use === 'webhook' && typeof url === 'string' ? explainBlockedTarget(url, Array.isArray(allow) ? allow.map(String) : []) : undefined

/** Loads and configures the sinks of the mapping `sinks`. Reports every problem. */
export const resolveSinks = async (document: ConfigDocument, load: LoadModule, directory: string): Promise<Sinks> => {
  const sinks = new Map<string, Sink>()
  const entries = new Map<string, Entry>()
  const blocked: { path: Path; message: string }[] = []

  const resolveSink = async (name: string): Promise<Sink> => {
    const path: Path = ['sinks', name]
    const written = document.valueAt(path)
    if (!isObject(written)) {
      document.reportIssue(path, { path: [], message: 'expected a mapping with `use` and the options of the sink' })
      return INVALID_SINK
    }
    const deliveryOptions = deliveryOptionsOf(document, written, path)
    const use = document.decode(NonEmptyText, [...path, 'use'])
    if (use === undefined) return INVALID_SINK
    const kind = await findKind(use, load)
    if ('message' in kind) {
      for (const line of kind.message.split('\n')) document.report([...path, 'use'], line)
      return INVALID_SINK
    }
    const entry = withAbsolutePath(use, written, directory)
    entries.set(name, entry)
    const others = Object.fromEntries(Object.entries(entry).filter(([key]) => key !== 'use' && !DELIVERY_OPTIONS.includes(key)))
    const options = document.stripUnknownKeys(kind.options, others, path, ['use', ...DELIVERY_OPTIONS])
    const sink = kind.configure(options, deliveryOptions)
    for (const issue of sink.problems) document.reportIssue(path, issue)
    const reason = sink.problems.length === 0 ? explainBlockedWebhook(use, entry) : undefined
    if (reason !== undefined) blocked.push({ path: [...path, 'url'], message: reason })
    return sink
  }

  for (const name of document.keysAt(['sinks'])) sinks.set(name, await resolveSink(name))
  return { sinks: Object.fromEntries(sinks), entries: Object.fromEntries(entries), blocked }
}
