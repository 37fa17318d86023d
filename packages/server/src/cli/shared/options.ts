import { duration, size } from '@callboard/core'
import { type Command, InvalidArgumentError, Option } from 'commander'
import type { ExitCode } from '../exit-codes.ts'
import type { TakeHeldSignals } from '../start/process-signals.ts'

/** The options that stand before every command. */
export interface GlobalOptions {
  /** The configuration file. */
  readonly config?: string
}

/** The parts of the command line that a command needs for its declaration. */
export interface CommandContext {
  readonly program: Command
  readonly globalOptions: () => GlobalOptions
  /** Makes an action of a function that returns the exit code. The function imports the code it runs, which keeps the start fast. */
  /** Makes an action of a function that runs until a signal, and then ends the process. It must handle the signals, and errors of the outputs. */
  readonly service: <A extends readonly unknown[]>(
    run: (takeHeldSignals: TakeHeldSignals, ...args: A) => Promise<never>,
  ) => (...args: A) => Promise<never>
  readonly action: <A extends readonly unknown[]>(run: (...args: A) => Promise<ExitCode>) => (...args: A) => Promise<void>
}

/** Parses a number above 0. */
export const parsePositive = (text: string): number => {
  const number = Number(text)
  if (!(number > 0) || !Number.isFinite(number)) throw new InvalidArgumentError('Expected a number above 0.')
  return number
}

/** Parses a whole number above 0. */
export const parsePositiveInt = (text: string): number => {
  const number = parsePositive(text)
  if (!Number.isSafeInteger(number)) throw new InvalidArgumentError('Expected a whole number above 0.')
  return number
}

/** Parses a whole number, 0 included. */
export const parseCount = (text: string): number => (text === '0' ? 0 : parsePositiveInt(text))

const parseAmount =
  (codec: typeof duration) =>
  (text: string): number => {
    const decoded = codec.decode(text)
    if (decoded._tag === 'Left') throw new InvalidArgumentError(`Expected ${codec.name}.`)
    return decoded.right
  }

/** Parses a duration such as `7d`. Returns milliseconds. */
export const parseDuration = parseAmount(duration)

/** Parses a size such as `10GiB`. Returns bytes. */
export const parseSize = parseAmount(size)

/** Parses `2026-01-31`, `2026-01-31T12:00:00Z`, or `10m` for ten minutes ago. Returns milliseconds since the Unix epoch. */
export const parseTime = (text: string): number => {
  const age = /[a-z]$/.test(text) ? duration.decode(text) : undefined
  if (age?._tag === 'Right') return Date.now() - age.right
  const time = Date.parse(text)
  if (Number.isNaN(time)) throw new InvalidArgumentError('Use 2026-01-31T12:00:00Z, or 10m for ten minutes ago.')
  return time
}

/** Collects the values of an option that may be given several times. */
export const collect = (text: string, before: readonly string[] = []): readonly string[] => [...before, text]

/** Adds the options that select events by command, key and app. */
export const withEventFilters = (command: Command): Command =>
  command
    .option('--command <command>', 'only this command, such as Group.CallbackAfterGroupDestroyed')
    .option('--key <key>', 'only this key: a group, a conversation or a user')
    .option('--app <id>', 'only this SDKAppID', parsePositiveInt)

/** Adds the option that selects events by status. */
export const withStatus = (command: Command): Command =>
  command.addOption(new Option('--status <status>', 'only events with this status').choices(['accepted', 'unknown', 'quarantined']))

/** Adds the options that select events by the time of their arrival. */
export const withTimeRange = (command: Command): Command =>
  command
    .option('--since <time>', 'only events received since this time: 2026-01-31T12:00:00Z, or 10m for ten minutes ago', parseTime)
    .option('--until <time>', 'only events received before this time', parseTime)

/** Adds the option that says where the admin listener of the running server is. */
export const withAdmin = (command: Command): Command =>
  command.option('--admin <url>', 'admin listener of the running server (default: from the configuration)')

/** Adds the option that says who changes the journal. */
export const withUser = (command: Command): Command =>
  command.option('--by <name>', 'name to record with the change (default: login name and host name)')

/** Adds examples below the help of a command. */
export const withExamples = (command: Command, ...examples: readonly string[]): Command =>
  command.addHelpText('after', `\nExamples:\n${examples.map((example) => `  callboard ${example}`).join('\n')}`)
