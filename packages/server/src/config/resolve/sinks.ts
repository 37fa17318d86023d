import { resolve } from 'node:path'
import { type DeliveryOptions, isObject, type Sink } from '@callboard/core'
import { explainBlockedTarget } from '@callboard/sinks'
import type * as t from 'io-ts'
import { deliveringEntries, NonEmptyText } from '../schema/codecs.ts'
import type { ConfigDocument } from '../yaml/document.ts'
import type { Path } from '../yaml/source-map.ts'
import type { Load } from './load-module.ts'
import { findKind } from './sink-kinds.ts'

type Entry = Readonly<Record<string, unknown>>

/** The sinks of a configuration. */
export interface Sinks {
  /** Also those that could not be made, so that routes may name them without a second complaint. */
  readonly sinks: Readonly<Record<string, Sink>>
  /** What was written about each, with absolute paths. */
  readonly entries: Readonly<Record<string, Entry>>
  /** Webhooks to addresses that will not be called. */
  readonly blocked: readonly { readonly at: Path; readonly message: string }[]
}

const DELIVERING = Object.keys(deliveringEntries)

/** Stands for a sink that is reported already. */
const unusable: Sink = {
  kind: 'unusable',
  deliveryOptions: {},
  problems: [],
  open: () => Promise.reject(new TypeError('this sink is not configured')),
}

const deliveringOf = (shape: ConfigDocument, entry: Entry, path: Path): DeliveryOptions => {
  const option = <A>(codec: t.Type<A, unknown, unknown>, name: string): A | undefined =>
    Object.hasOwn(entry, name) ? shape.read(codec, [...path, name]) : undefined
  const order = option(deliveringEntries.order, 'order')
  const concurrency = option(deliveringEntries.concurrency, 'concurrency')
  const timeout = option(deliveringEntries.timeout, 'timeout')
  const retry = option(deliveringEntries.retry, 'retry')
  return {
    ...(order !== undefined && { order }),
    ...(concurrency !== undefined && { concurrency }),
    ...(timeout !== undefined && { timeout }),
    ...(retry !== undefined && { retry }),
  }
}

/** The path of a file counts from the configuration's directory. */
const withPaths = (use: string, entry: Entry, directory: string): Entry =>
  use === 'file' && typeof entry.path === 'string' && entry.path !== '' ? { ...entry, path: resolve(directory, entry.path) } : entry

const refusedIn = (use: string, { url, allow }: Entry): string | undefined =>
  use === 'webhook' && typeof url === 'string' ? explainBlockedTarget(url, Array.isArray(allow) ? allow.map(String) : []) : undefined

/** Makes the sinks that the configuration names. */
export const makeSinks = async (shape: ConfigDocument, load: Load, directory: string): Promise<Sinks> => {
  const sinks = new Map<string, Sink>()
  const entries = new Map<string, Entry>()
  const blocked: { at: Path; message: string }[] = []

  const make = async (name: string): Promise<Sink> => {
    const path: Path = ['sinks', name]
    const written = shape.at(path)
    if (!isObject(written)) {
      shape.refuse(path, { path: [], message: 'expected a mapping with `use` and the options of the sink' })
      return unusable
    }
    const delivering = deliveringOf(shape, written, path)
    const use = shape.read(NonEmptyText, [...path, 'use'])
    if (use === undefined) return unusable
    const kind = await findKind(use, load)
    if ('message' in kind) {
      shape.report([...path, 'use'], kind.message)
      return unusable
    }
    const entry = withPaths(use, written, directory)
    entries.set(name, entry)
    const given = Object.fromEntries(Object.entries(entry).filter(([key]) => key !== 'use' && !DELIVERING.includes(key)))
    const own = shape.known(kind.options, given, path, ['use', ...DELIVERING])
    const sink = kind.configure(own, delivering)
    for (const reason of sink.problems) shape.refuse(path, reason)
    const refused = sink.problems.length === 0 ? refusedIn(use, entry) : undefined
    if (refused !== undefined) blocked.push({ at: [...path, 'url'], message: refused })
    return sink
  }

  for (const name of shape.names(['sinks'])) sinks.set(name, await make(name))
  return { sinks: Object.fromEntries(sinks), entries: Object.fromEntries(entries), blocked }
}
