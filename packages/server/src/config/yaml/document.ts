import { type Issue, isObject, type List, type Struct, toIssues, UNKNOWN_FIELD } from '@callboard/core'
import type * as t from 'io-ts'
import { suggest } from '../../util/did-you-mean.ts'
import type { ConfigProblem, Position } from '../problems.ts'
import type { Report } from '../report.ts'
import type { Document } from './parse.ts'
import { hasReported, nearestNode, nodeAt, type Path } from './source-map.ts'

/** Reads parts of a document by codecs; what is wrong goes into the report, at its place in the file. */
export interface ConfigDocument {
  /** What the file has at this path. */
  readonly at: (path: Path) => unknown
  /** Does what stands at this path come from the environment or from another file? */
  readonly isInterpolated: (path: Path) => boolean
  /** The part at this path by its codec; undefined where it is wrong, which is then reported. Unknown keys are reported and left out. */
  readonly read: <A>(codec: t.Type<A, unknown, unknown>, path: Path) => A | undefined
  /** The names in the mapping at this path; none where there is no mapping, which is reported unless there is nothing at all. */
  readonly names: (path: Path) => readonly string[]
  /** The number of items in the list at this path; 0 where there is no list, which is reported unless there is nothing at all. */
  readonly count: (path: Path) => number
  /** Reports the keys of a mapping that nobody knows, and gives the value without them. */
  readonly known: (codec: t.Decoder<unknown, unknown>, value: unknown, path: Path, besides?: readonly string[]) => unknown
  /** Reports the keys of the mapping at this path that are not among these; and that it is no mapping, unless there is nothing at all. */
  readonly onlyKeys: (path: Path, keys: readonly string[]) => void
  /** Where the value at this path stands, or what is nearest to it. */
  readonly positionOf: (path: Path) => Position
  /** Reports what a codec said about the value at a path. */
  readonly refuse: (path: Path, reason: Issue) => void
  /** Reports something about what the path names: at its key, or at the value itself where that is a scalar. */
  readonly report: (path: Path, message: string, level?: ConfigProblem['level']) => void
}

// Codecs may come from another copy of core, so that `instanceof` would not do.
/** Does this codec tell its fields? */
export const isStruct = (codec: t.Decoder<unknown, unknown>): codec is Struct<Record<string, t.Mixed>, Record<string, t.Mixed>> =>
  '_tag' in codec && codec._tag === 'Struct' && 'required' in codec && 'optional' in codec
const isList = (codec: t.Decoder<unknown, unknown>): codec is List<t.Mixed> => '_tag' in codec && codec._tag === 'List' && 'item' in codec

/** A way to read one document. */
export const createConfigDocument = ({ value: root, place: top }: Document, report: Report): ConfigDocument => {
  const at = (path: Path): unknown =>
    path.reduce<unknown>((value, step) => {
      if (Array.isArray(value)) return value[Number(step)]
      return isObject(value) && Object.hasOwn(value, step) ? value[step] : undefined
    }, root)

  const isBroken = (path: Path): boolean => {
    const place = nodeAt(top, path)
    return place !== undefined && hasReported(place)
  }

  const complain: ConfigDocument['report'] = (path, message, level) => {
    if (isBroken(path)) return
    const place = nearestNode(top, path)
    const value = at(path)
    const isScalar = value !== undefined && (typeof value !== 'object' || value === null)
    report.add(isScalar ? place.position : (place.key ?? place.position), message, level)
  }

  const refuse: ConfigDocument['refuse'] = (path, reason) => {
    // What lies below a `*` is the key of a record, which the reason does not tell.
    const hidden = reason.path.indexOf('*')
    const place = [...path, ...(hidden === -1 ? reason.path : reason.path.slice(0, hidden))]
    const key = JSON.stringify(place.at(-1) ?? '')
    const found = nodeAt(top, place)
    if (reason.message === UNKNOWN_FIELD) stranger(place, [])
    else if (found === undefined) complain(place, `missing key ${key}: ${reason.message.replace(/, got nothing$/, '')}`)
    else if (hasReported(found)) return
    else if (reason.path.length === 0 && isObject(at(place))) complain(place, reason.message)
    else report.add(found.position, reason.message)
  }

  const stranger = (path: Path, keys: readonly string[]): void => {
    const name = String(path.at(-1))
    const place = nearestNode(top, path)
    report.add(place.key ?? place.position, `unknown key ${JSON.stringify(name)}${suggest(name, keys)}`)
  }

  const known: ConfigDocument['known'] = (codec, value, path, besides = []) => {
    if (isList(codec) && Array.isArray(value)) return value.map((item, index) => known(codec.item, item, [...path, index]))
    if (!isStruct(codec) || !isObject(value)) return value
    const fields: Readonly<Record<string, t.Mixed>> = { ...codec.required, ...codec.optional }
    const entries = Object.entries(value).flatMap(([name, given]): (readonly [string, unknown])[] => {
      const field = Object.hasOwn(fields, name) ? fields[name] : undefined
      if (field) return [[name, known(field, given, [...path, name])]]
      if (codec.open) return [[name, given]]
      stranger([...path, name], [...Object.keys(fields), ...besides])
      return []
    })
    return Object.fromEntries(entries)
  }

  const read: ConfigDocument['read'] = (codec, path) => {
    const decoded = codec.decode(known(codec, at(path), path))
    if (decoded._tag === 'Right') return decoded.right
    for (const reason of toIssues(decoded.left)) refuse(path, reason)
    return undefined
  }

  const wrongKind = (path: Path, message: string): void => {
    if (!isBroken(path)) report.add(nearestNode(top, path).position, message)
  }

  const names: ConfigDocument['names'] = (path) => {
    const value = at(path)
    if (isObject(value)) return Object.keys(value)
    if (value !== undefined && value !== null) wrongKind(path, 'expected a mapping of names')
    return []
  }

  const onlyKeys: ConfigDocument['onlyKeys'] = (path, keys) => {
    for (const name of names(path)) if (!keys.includes(name)) stranger([...path, name], keys)
  }

  const count: ConfigDocument['count'] = (path) => {
    const value = at(path)
    if (Array.isArray(value)) return value.length
    if (value !== undefined && value !== null) wrongKind(path, 'expected a list')
    return 0
  }

  return {
    at,
    isInterpolated: (path) => nodeAt(top, path)?.interpolated ?? false,
    positionOf: (path) => nearestNode(top, path).position,
    read,
    names,
    onlyKeys,
    count,
    known,
    refuse,
    report: complain,
  }
}
