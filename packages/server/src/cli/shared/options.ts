import { type Command, InvalidArgumentError } from 'commander'
import type { ExitCode } from '../exit-codes.ts'

/** What every command takes. */
export interface GlobalOptions {
  readonly config?: string
}
/** How a group of commands reaches the rest of the command line. */
export interface CommandContext {
  readonly program: Command
  readonly global: () => GlobalOptions
  /** Takes the exit code of the command that ran. */
  readonly exitWith: (code: ExitCode) => void
}

/** A number above 0. */
export const parsePositive = (text: string): number => {
  const number = Number(text)
  if (!(number > 0) || !Number.isFinite(number)) throw new InvalidArgumentError('expected a number above 0')
  return number
}
/** A whole number above 0. */
export const parsePositiveInt = (text: string): number => {
  const number = parsePositive(text)
  if (!Number.isSafeInteger(number)) throw new InvalidArgumentError('expected a whole number above 0')
  return number
}
/** A whole number, 0 included. */
export const parseCount = (text: string): number => (text === '0' ? 0 : parsePositiveInt(text))
/** The values of an option that may be given several times. */
export const collect = (text: string, before: readonly string[] = []): readonly string[] => [...before, text]

/** Where the running server is, if not where the configuration says. */
export const withAdmin = (command: Command): Command =>
  command.option('--admin <url>', 'the admin listener of the running server (default: the one configured)')

/** Examples below the help of a command. */
export const withExamples = (command: Command, ...examples: readonly string[]): Command =>
  command.addHelpText('after', `\nExamples:\n${examples.map((example) => `  callboard ${example}`).join('\n')}`)
