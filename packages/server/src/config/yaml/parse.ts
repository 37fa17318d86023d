import { isAlias, isMap, isScalar, isSeq, Lexer, LineCounter, type Node, type Pair, parseDocument } from 'yaml'
import type { Position } from '../problems.ts'
import { type Report, TOP } from '../report.ts'
import { hasReference, type Interpolate } from './interpolate.ts'
import type { SourceNode } from './source-map.ts'

/** The values of a configuration, and where each of them stands. */
export interface Document {
  readonly value: unknown
  readonly place: SourceNode
}

interface Read extends Document {
  /** Number of values, with everything that aliases repeat. */
  readonly size: number
}

// Far above any configuration; below what would keep the parser, or whoever walks the values, busy for long.
const MOST_TOKENS = 20_000
const MOST_VALUES = 10_000
const DEEPEST = 32

const tooLong = (text: string): boolean => {
  let tokens = 0
  for (const _ of new Lexer().lex(text)) {
    tokens += 1
    if (tokens > MOST_TOKENS) return true
  }
  return false
}

const NOWHERE: ReadonlyMap<string, SourceNode> = new Map()
const leaf = (value: unknown, at: Position, flags: { interpolated?: boolean; reported?: boolean } = {}): Read => ({
  value,
  place: { position: at, inside: NOWHERE, interpolated: false, reported: false, ...flags },
  size: 1,
})

/** Turns nodes into values with places, resolving references in scalars on the way. */
const reader = (positionAt: (offset: number) => Position, fill: Interpolate, report: Report) => {
  const anchors = new Map<string, Read>()
  const positionOf = (node: Node): Position => positionAt(node.range?.[0] ?? 0)

  const refused = (at: Position, message: string): Read => {
    report.add(at, message)
    return leaf(null, at, { reported: true })
  }

  const scalar = (value: unknown, at: Position): Read => {
    if (typeof value !== 'string' || !hasReference(value)) return leaf(value, at)
    const { text, problems } = fill(value)
    for (const message of problems) report.add(at, message)
    return leaf(text, at, { interpolated: true, reported: problems.length > 0 })
  }

  const collection = (value: unknown, at: Position, parts: readonly (readonly [name: string, part: Read, key?: Position])[]): Read => {
    const size = parts.reduce((sum, [, part]) => sum + part.size, 1)
    if (size > MOST_VALUES) return refused(at, `more than ${MOST_VALUES} values are too many for a configuration`)
    const inside = new Map(parts.map(([name, { place }, key]) => [name, key ? { ...place, key } : place]))
    return { value, place: { position: at, inside, interpolated: false, reported: false }, size }
  }

  const mapping = (pairs: readonly Pair<unknown, unknown>[], at: Position, depth: number): Read => {
    const parts = new Map<string, readonly [string, Read, Position]>()
    for (const { key, value } of pairs) {
      if (!isScalar(key)) continue
      const name = String(key.value)
      const itsPlace = positionOf(key)
      if (parts.has(name)) report.add(itsPlace, `${JSON.stringify(name)} is given twice`)
      else parts.set(name, [name, value === null ? leaf(null, itsPlace) : read(value, depth), itsPlace])
    }
    const entries = [...parts.values()]
    return collection(Object.fromEntries(entries.map(([name, part]) => [name, part.value])), at, entries)
  }

  const sequence = (items: readonly unknown[], at: Position, depth: number): Read => {
    const parts = items.map((item, index) => [String(index), read(item, depth)] as const)
    return collection(
      parts.map(([, part]) => part.value),
      at,
      parts,
    )
  }

  const readNode = (node: unknown, depth: number): Read => {
    if (isAlias(node)) {
      // An anchor is known once its node has been read: one inside itself never is.
      return anchors.get(node.source) ?? refused(positionOf(node), `*${node.source} refers to nothing above it, or to itself`)
    }
    if (isScalar(node)) return scalar(node.value, positionOf(node))
    if (!isMap(node) && !isSeq(node)) return leaf(null, TOP)
    const at = positionOf(node)
    if (depth > DEEPEST) return refused(at, `nested deeper than ${DEEPEST} levels`)
    return isMap(node) ? mapping(node.items, at, depth + 1) : sequence(node.items, at, depth + 1)
  }

  const read = (node: unknown, depth: number): Read => {
    const result = readNode(node, depth)
    if ((isScalar(node) || isMap(node) || isSeq(node)) && node.anchor !== undefined) anchors.set(node.anchor, result)
    return result
  }
  return read
}

/** Flow collections end at a `}`, so a reference inside one has to be quoted. */
const hint = (line: string | undefined): string =>
  line !== undefined && hasReference(line) ? `; put "\${…}" in quotes where it stands inside [ ] or { }` : ''

/**
 * Reads YAML 1.2 and resolves the references in its scalars. Whatever is wrong with it goes into the report: errors of syntax give
 * undefined, everything else a document in which the wrong places are marked.
 */
export const readYaml = (text: string, fill: Interpolate, report: Report): Document | undefined => {
  if (tooLong(text)) {
    report.add(TOP, `more than ${MOST_TOKENS} words and signs are too many for a configuration`)
    return undefined
  }
  const lines = new LineCounter()
  const positionAt = (offset: number): Position => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(line, 1), column: Math.max(col, 1) }
  }
  const parsed = parseDocument(text, {
    lineCounter: lines,
    // Pretty messages quote the source, and with it secrets. Unique keys are looked after here, in linear time.
    prettyErrors: false,
    uniqueKeys: false,
    stringKeys: true,
    resolveKnownTags: false,
    logLevel: 'error',
  })
  const source = text.split('\n')
  const linesWithErrors = new Set<number>()
  for (const { pos, code, message } of [...parsed.errors, ...parsed.warnings]) {
    const at = positionAt(pos[0])
    // One slip makes the parser stumble several times in the same line.
    if (linesWithErrors.has(at.line)) continue
    linesWithErrors.add(at.line)
    report.add(at, `no valid YAML: ${code === 'RESOURCE_EXHAUSTION' ? 'nested too deeply' : message}${hint(source[at.line - 1])}`)
  }
  if (parsed.errors.length > 0) return undefined
  const { value, place } = reader(positionAt, fill, report)(parsed.contents, 0)
  return { value, place }
}
