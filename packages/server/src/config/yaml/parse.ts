import { isAlias, isMap, isScalar, isSeq, Lexer, LineCounter, type Node, type Pair, parseDocument } from 'yaml'
import { type Position, type ProblemList, START_OF_FILE } from '../problems.ts'
import { hasReference, type Interpolate } from './interpolate.ts'
import type { SourceNode } from './source-map.ts'

/** The values of a configuration file, and the positions of all of them. */
export interface ParsedYaml {
  readonly value: unknown
  readonly source: SourceNode
}

interface ParsedNode extends ParsedYaml {
  /** The number of values, counting what aliases repeat. */
  readonly size: number
}

// These limits are far above every real configuration. They stop files that would keep the parser busy for long.
const MAX_TOKENS = 20_000
const MAX_VALUES = 10_000
const MAX_DEPTH = 32

const hasTooManyTokens = (text: string): boolean => {
  let tokens = 0
  for (const _ of new Lexer().lex(text)) {
    tokens += 1
    if (tokens > MAX_TOKENS) return true
  }
  return false
}

const NO_CHILDREN: ReadonlyMap<string, SourceNode> = new Map()
const leaf = (value: unknown, at: Position, flags: { interpolated?: boolean; reported?: boolean } = {}): ParsedNode => ({
  value,
  source: { position: at, children: NO_CHILDREN, interpolated: false, reported: false, ...flags },
  size: 1,
})

/** Returns a function that turns nodes of the YAML library into values with positions. It resolves references in scalars. */
const createNodeReader = (positionAt: (offset: number) => Position, interpolate: Interpolate, problems: ProblemList) => {
  const anchors = new Map<string, ParsedNode>()
  const positionOf = (node: Node): Position => positionAt(node.range?.[0] ?? 0)

  const invalid = (at: Position, message: string): ParsedNode => {
    problems.add(at, message)
    return leaf(null, at, { reported: true })
  }

  const readScalar = (value: unknown, at: Position): ParsedNode => {
    if (typeof value !== 'string' || !hasReference(value)) return leaf(value, at)
    const { text, problems: messages } = interpolate(value)
    for (const message of messages) problems.add(at, message)
    return leaf(text, at, { interpolated: true, reported: messages.length > 0 })
  }

  const collection = (
    value: unknown,
    at: Position,
    parts: readonly (readonly [name: string, part: ParsedNode, key?: Position])[],
  ): ParsedNode => {
    const size = parts.reduce((sum, [, part]) => sum + part.size, 1)
    if (size > MAX_VALUES) return invalid(at, `more than ${MAX_VALUES} values`)
    const children = new Map(parts.map(([name, { source }, key]) => [name, key ? { ...source, key } : source]))
    return { value, source: { position: at, children, interpolated: false, reported: false }, size }
  }

  const readMapping = (pairs: readonly Pair<unknown, unknown>[], at: Position, depth: number): ParsedNode => {
    const parts = new Map<string, readonly [string, ParsedNode, Position]>()
    for (const { key, value } of pairs) {
      if (!isScalar(key)) continue
      const name = String(key.value)
      const keyPosition = positionOf(key)
      if (parts.has(name)) problems.add(keyPosition, `duplicate key ${JSON.stringify(name)}`)
      else parts.set(name, [name, value === null ? leaf(null, keyPosition) : read(value, depth), keyPosition])
    }
    const entries = [...parts.values()]
    return collection(Object.fromEntries(entries.map(([name, part]) => [name, part.value])), at, entries)
  }

  const readSequence = (items: readonly unknown[], at: Position, depth: number): ParsedNode => {
    const parts = items.map((item, index) => [String(index), read(item, depth)] as const)
    return collection(
      parts.map(([, part]) => part.value),
      at,
      parts,
    )
  }

  const readNode = (node: unknown, depth: number): ParsedNode => {
    if (isAlias(node)) {
      // An anchor is known once its node has been read, so an alias inside its own anchor finds none.
      return anchors.get(node.source) ?? invalid(positionOf(node), `unknown alias *${node.source}: its anchor must end above it`)
    }
    if (isScalar(node)) return readScalar(node.value, positionOf(node))
    if (!isMap(node) && !isSeq(node)) return leaf(null, START_OF_FILE)
    const at = positionOf(node)
    if (depth > MAX_DEPTH) return invalid(at, `nested deeper than ${MAX_DEPTH} levels`)
    return isMap(node) ? readMapping(node.items, at, depth + 1) : readSequence(node.items, at, depth + 1)
  }

  const read = (node: unknown, depth: number): ParsedNode => {
    const result = readNode(node, depth)
    if ((isScalar(node) || isMap(node) || isSeq(node)) && node.anchor !== undefined) anchors.set(node.anchor, result)
    return result
  }
  return read
}

/** A flow collection ends at a `}`, so a reference inside one needs quotes. */
const quotesHint = (line: string | undefined): string =>
  line !== undefined && hasReference(line) ? `; put "\${…}" in quotes inside [ ] or { }` : ''

/**
 * Parses YAML 1.2 and resolves the references in its scalars. Adds each mistake to `problems`. Returns undefined for a syntax error.
 * After any other mistake it returns a document in which the invalid values are marked.
 */
export const parseYaml = (text: string, interpolate: Interpolate, problems: ProblemList): ParsedYaml | undefined => {
  if (hasTooManyTokens(text)) {
    problems.add(START_OF_FILE, `too many tokens; at most ${MAX_TOKENS} are allowed`)
    return undefined
  }
  const lineCounter = new LineCounter()
  const positionAt = (offset: number): Position => {
    const { line, col } = lineCounter.linePos(offset)
    return { line: Math.max(line, 1), column: Math.max(col, 1) }
  }
  const parsed = parseDocument(text, {
    lineCounter,
    // Pretty errors would quote the source, and so its secrets. The library's check for unique keys takes quadratic time.
    prettyErrors: false,
    uniqueKeys: false,
    stringKeys: true,
    resolveKnownTags: false,
    logLevel: 'error',
  })
  const lines = text.split('\n')
  const linesWithErrors = new Set<number>()
  for (const { pos, code, message } of [...parsed.errors, ...parsed.warnings]) {
    const at = positionAt(pos[0])
    // One mistake often causes several errors in the same line.
    if (linesWithErrors.has(at.line)) continue
    linesWithErrors.add(at.line)
    problems.add(at, `invalid YAML: ${code === 'RESOURCE_EXHAUSTION' ? 'nested too deeply' : message}${quotesHint(lines[at.line - 1])}`)
  }
  if (parsed.errors.length > 0) return undefined
  const { value, source } = createNodeReader(positionAt, interpolate, problems)(parsed.contents, 0)
  return { value, source }
}
