import { isErrorNamed } from './foreign-value.ts'

/** A problem of the options, and its path, such as `['routes', 'Group.X', 1]`. */
export interface Problem {
  readonly path: readonly (string | number)[]
  readonly message: string
  /** An error stops the start, a warning does not. */
  readonly level: 'error' | 'warning'
}

/** Thrown at start with all problems of the options, or of a plugin, sink or decision. Its message has one line for each problem. */
export class ConfigError extends Error {
  /** Also true for errors of another copy of this package. */
  static override [Symbol.hasInstance](value: unknown): value is ConfigError {
    return isErrorNamed(value, 'ConfigError', 'problems')
  }
  override readonly name = 'ConfigError'
  readonly problems: readonly Problem[]
  /** `subject` starts each line of the message, such as `plugin Group.CallbackAfterX`. */
  constructor(problems: readonly Problem[], subject?: string) {
    const lines = problems.map(({ path, message }) => [subject, path.join('.'), message].filter(Boolean).join(': '))
    super(lines.join('\n'))
    this.problems = problems
  }
}
