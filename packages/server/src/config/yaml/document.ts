import { type Issue, isObject, type List, type Struct, suggest, toIssues, UNKNOWN_FIELD } from '@callboard/core'
import type * as t from 'io-ts'
import type { ConfigProblem, Position, ProblemList } from '../problems.ts'
import type { ParsedYaml } from './parse.ts'
import { hasReported, nearestNode, nodeAt, type Path } from './source-map.ts'

/** Decodes parts of a configuration file. Every mistake is reported with its position. */
export interface ConfigDocument {
  /** Returns the value at a path, undecoded. */
  readonly valueAt: (path: Path) => unknown
  /** Returns whether the value at a path comes from the environment or from another file. */
  readonly isInterpolated: (path: Path) => boolean
  /** Decodes the value at a path. Reports its mistakes, and then returns undefined. Reports unknown keys and leaves them out. */
  readonly decode: <A>(codec: t.Type<A, unknown, unknown>, path: Path) => A | undefined
  /** Returns the keys of the mapping at a path. Reports a value of another type. Returns none if there is no value. */
  readonly keysAt: (path: Path) => readonly string[]
  /** Returns the length of the list at a path. Reports a value of another type. Returns 0 if there is no value. */
  readonly lengthAt: (path: Path) => number
  /** Reports the keys that the codec does not know, apart from `allowed`. Returns the value without them. */
  readonly stripUnknownKeys: (codec: t.Decoder<unknown, unknown>, value: unknown, path: Path, allowed?: readonly string[]) => unknown
  /** Reports every key of the mapping at a path that is not in `keys`. */
  readonly allowKeys: (path: Path, keys: readonly string[]) => void
  /** Returns the position of the value at a path, or of its nearest ancestor. */
  readonly positionOf: (path: Path) => Position
  /** Reports an issue that a codec found in the value at a path. */
  readonly reportIssue: (path: Path, issue: Issue) => void
  /** Reports a problem at the position of a scalar, or at the key of any other value. */
  readonly report: (path: Path, message: string, level?: ConfigProblem['level']) => void
}

// A codec may come from another copy of core, so `instanceof` is not reliable here.
/** Returns whether a codec has fields. */
export const isStruct = (codec: t.Decoder<unknown, unknown>): codec is Struct<Record<string, t.Mixed>, Record<string, t.Mixed>> =>
  '_tag' in codec && codec._tag === 'Struct' && 'required' in codec && 'optional' in codec
const isList = (codec: t.Decoder<unknown, unknown>): codec is List<t.Mixed> => '_tag' in codec && codec._tag === 'List' && 'item' in codec

/** Returns a reader of one parsed file. It adds mistakes to `problems`. */
export const createConfigDocument = ({ value: root, source }: ParsedYaml, problems: ProblemList): ConfigDocument => {
  const valueAt = (path: Path): unknown =>
    path.reduce<unknown>((value, step) => {
      if (Array.isArray(value)) return value[Number(step)]
      return isObject(value) && Object.hasOwn(value, step) ? value[step] : undefined
    }, root)

  const isReported = (path: Path): boolean => {
    const node = nodeAt(source, path)
    return node !== undefined && hasReported(node)
  }

  const report: ConfigDocument['report'] = (path, message, level) => {
    if (isReported(path)) return
    const node = nearestNode(source, path)
    const value = valueAt(path)
    const isScalar = value !== undefined && (typeof value !== 'object' || value === null)
    problems.add(isScalar ? node.position : (node.key ?? node.position), message, level)
  }

  const reportUnknownKey = (path: Path, known: readonly string[]): void => {
    const name = String(path.at(-1))
    const node = nearestNode(source, path)
    problems.add(node.key ?? node.position, `unknown key ${JSON.stringify(name)}${suggest(name, known)}`)
  }

  const reportIssue: ConfigDocument['reportIssue'] = (path, issue) => {
    // The path of an issue has `*` for the key of a record, and so cannot be followed below it.
    const wildcard = issue.path.indexOf('*')
    const full = [...path, ...(wildcard === -1 ? issue.path : issue.path.slice(0, wildcard))]
    const key = JSON.stringify(full.at(-1) ?? '')
    const node = nodeAt(source, full)
    if (issue.message === UNKNOWN_FIELD) reportUnknownKey(full, [])
    else if (node === undefined) report(full, `missing key ${key}: ${issue.message.replace(/, got nothing$/, '')}`)
    else if (hasReported(node)) return
    else if (issue.path.length === 0 && isObject(valueAt(full))) report(full, issue.message)
    else problems.add(node.position, issue.message)
  }

  const stripUnknownKeys: ConfigDocument['stripUnknownKeys'] = (codec, value, path, allowed = []) => {
    if (isList(codec) && Array.isArray(value)) return value.map((item, index) => stripUnknownKeys(codec.item, item, [...path, index]))
    if (!isStruct(codec) || !isObject(value)) return value
    const fields: Readonly<Record<string, t.Mixed>> = { ...codec.required, ...codec.optional }
    const entries = Object.entries(value).flatMap(([name, inner]): (readonly [string, unknown])[] => {
      const field = Object.hasOwn(fields, name) ? fields[name] : undefined
      if (field) return [[name, stripUnknownKeys(field, inner, [...path, name])]]
      if (codec.open) return [[name, inner]]
      reportUnknownKey([...path, name], [...Object.keys(fields), ...allowed])
      return []
    })
    return Object.fromEntries(entries)
  }

  const decode: ConfigDocument['decode'] = (codec, path) => {
    const decoded = codec.decode(stripUnknownKeys(codec, valueAt(path), path))
    if (decoded._tag === 'Right') return decoded.right
    for (const issue of toIssues(decoded.left)) reportIssue(path, issue)
    return undefined
  }

  const reportWrongType = (path: Path, message: string): void => {
    if (!isReported(path)) problems.add(nearestNode(source, path).position, message)
  }

  const keysAt: ConfigDocument['keysAt'] = (path) => {
    const value = valueAt(path)
    if (isObject(value)) return Object.keys(value)
    if (value !== undefined && value !== null) reportWrongType(path, 'expected a mapping of names')
    return []
  }

  const allowKeys: ConfigDocument['allowKeys'] = (path, keys) => {
    for (const name of keysAt(path)) if (!keys.includes(name)) reportUnknownKey([...path, name], keys)
  }

  const lengthAt: ConfigDocument['lengthAt'] = (path) => {
    const value = valueAt(path)
    if (Array.isArray(value)) return value.length
    if (value !== undefined && value !== null) reportWrongType(path, 'expected a list')
    return 0
  }

  return {
    valueAt,
    isInterpolated: (path) => nodeAt(source, path)?.interpolated ?? false,
    positionOf: (path) => nearestNode(source, path).position,
    decode,
    keysAt,
    allowKeys,
    lengthAt,
    stripUnknownKeys,
    reportIssue,
    report,
  }
}
