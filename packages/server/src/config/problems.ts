import { relative } from 'node:path'
import { sanitize } from '@callboard/core'

/** A line and a column of a text, both counted from 1. */
export interface Position {
  readonly line: number
  readonly column: number
}

/** Something wrong with a configuration, and where. */
export interface ConfigProblem extends Position {
  readonly file: string
  /** One sentence for the operator; it never carries a secret. */
  readonly message: string
  /** A warning stops nothing. */
  readonly level: 'error' | 'warning'
}

/** `callboard.yaml:12:5: unknown key "sinkz"`, the file as seen from the working directory. */
export const formatProblem = ({ file, line, column, message, level }: ConfigProblem): string => {
  const near = relative(process.cwd(), file)
  const shown = near === '' || near.startsWith('..') ? file : near
  return sanitize(`${shown}:${line}:${column}: ${level === 'warning' ? 'warning: ' : ''}${message}`)
}
