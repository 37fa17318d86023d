import { relative } from 'node:path'
import { sanitize } from '@callboard/core'

/** A line and a column of a text, both counted from 1. */
export interface Position {
  readonly line: number
  readonly column: number
}

/** The position of a problem that concerns the file as a whole. */
export const START_OF_FILE: Position = { line: 1, column: 1 }

/** A mistake in a configuration file, and its position. */
export interface ConfigProblem extends Position {
  readonly file: string
  /** One sentence for the administrator. It never contains a secret. */
  readonly message: string
  /** A server starts in spite of a warning. */
  readonly level: 'error' | 'warning'
}

/** The problems found so far in one file. */
export interface ProblemList {
  readonly add: (at: Position, message: string, level?: ConfigProblem['level']) => void
  /** Returns all problems, sorted by position. */
  readonly sorted: () => readonly ConfigProblem[]
}

/** Compares positions for sorting. */
export const byPosition = (a: Position, b: Position): number => a.line - b.line || a.column - b.column

/** Returns an empty list for one file. The list keeps equal messages at the same position once. */
export const createProblemList = (file: string): ProblemList => {
  const problems = new Map<string, ConfigProblem>()
  return {
    add: ({ line, column }, message, level = 'error') => {
      problems.set(`${line}:${column}: ${message}`, { file, line, column, message, level })
    },
    sorted: () => [...problems.values()].toSorted(byPosition),
  }
}

/** Returns the path of a file as messages show it: relative if the file is below the working directory. */
export const pathForMessage = (file: string): string => {
  const path = relative(process.cwd(), file)
  return path === '' || path.startsWith('..') ? file : path
}

/** Formats a problem as `callboard.yaml:12:5: unknown key "sinkz"`. The path is relative to the working directory. */
export const formatProblem = ({ file, line, column, message, level }: ConfigProblem): string =>
  sanitize(`${pathForMessage(file)}:${line}:${column}: ${level === 'warning' ? 'warning: ' : ''}${message}`)
