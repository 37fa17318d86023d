import type { ConfigProblem, Position } from './problems.ts'

/** Collects what is wrong with one file. */
export interface Report {
  readonly file: string
  readonly add: (at: Position, message: string, level?: ConfigProblem['level']) => void
  /** Everything so far, in the order of the file. */
  readonly problems: () => readonly ConfigProblem[]
}

/** Sorts by line and column. */
export const inOrder = (a: Position, b: Position): number => a.line - b.line || a.column - b.column

/** An empty report about a file. The same words about the same place are kept once. */
export const createReport = (file: string): Report => {
  const problems = new Map<string, ConfigProblem>()
  return {
    file,
    add: ({ line, column }, message, level = 'error') => {
      problems.set(`${line}:${column}: ${message}`, { file, line, column, message: message, level })
    },
    problems: () => [...problems.values()].toSorted(inOrder),
  }
}

/** Where a problem stands that concerns the file as a whole. */
export const TOP: Position = { line: 1, column: 1 }
