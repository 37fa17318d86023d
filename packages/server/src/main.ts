import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { checkCommand } from './commands/check.ts'
import { type EventFilters, eventsCommand } from './commands/events.ts'
import { initCommand } from './commands/init.ts'
import { printCommand } from './commands/print.ts'
import { type SendFlags, sendCommand } from './commands/send.ts'
import { startCommand } from './commands/start.ts'
import { EX, Exit, type ExitCode } from './exit.ts'
import { complain } from './terminal.ts'

const positive = (text: string): number => {
  const number = Number(text)
  if (!(number > 0) || !Number.isFinite(number)) throw new InvalidArgumentError('expected a number above 0')
  return number
}
const whole = (text: string): number => {
  const number = positive(text)
  if (!Number.isSafeInteger(number)) throw new InvalidArgumentError('expected a whole number above 0')
  return number
}
const collect = (text: string, before: readonly string[] = []): readonly string[] => [...before, text]

interface Global {
  readonly config?: string
}

/** The command line. Each action hands its exit code to `done`. */
const programFor = (done: (code: ExitCode) => void): Command => {
  const program = new Command('callboard')
    .description('Receives the callbacks of Tencent Cloud Chat (IM), writes them to disk, and delivers them.')
    .option('-c, --config <file>', 'the configuration (default: callboard.yaml in the working directory)')
    .showHelpAfterError('Run with --help to see what there is.')
    .exitOverride()
    .configureOutput({ writeErr: (text) => complain(text.trimEnd()) })
  const global = () => program.opts<Global>()

  program
    .command('init')
    .description('write a configuration to start from')
    .action(async () => done(await initCommand(global().config)))

  program
    .command('start')
    .description('receive and deliver until SIGTERM')
    .option('--demo', 'send one signed sample to itself; without a configuration, use a built-in one')
    .action(async (options: { demo?: boolean }) => done(await startCommand({ ...global(), demo: options.demo ?? false })))

  program
    .command('check')
    .description('say everything that is wrong with the configuration')
    .option('--json', 'JSON Lines')
    .action(async (options: { json?: boolean }) => done(await checkCommand(global().config, options.json ?? false)))

  program
    .command('send')
    .description('send signed samples, as the vendor would')
    .argument('[command]', 'the CallbackCommand, such as Group.CallbackAfterGroupDestroyed')
    .option('--list', 'print the callbacks that can be sent')
    .option('--to <url>', 'the callback URL (default: the one configured)')
    .option('--app <id>', 'the SDKAppID (default: the first one configured)')
    .option('--token <token>', 'the token to sign with (default: the one configured for the app)')
    .option('--set <path=value>', 'set a field, such as --set MemberList.0.Member_Account=bob; repeatable', collect)
    .option('--body <file>', 'send these bytes instead of the sample')
    .option('--count <n>', 'send so many', whole)
    .option('--rate <r>', 'so many per second', positive)
    .option('--connections <c>', 'so many at a time', whole)
    .option('--duplicate', 'send the very same body twice, or --count times')
    .addOption(new Option('--bad-sign', 'with a wrong signature').conflicts(['expired', 'wrongApp']))
    .addOption(new Option('--expired', 'signed an hour ago').conflicts(['badSign', 'wrongApp']))
    .addOption(new Option('--wrong-app', 'for another SDKAppID').conflicts(['badSign', 'expired']))
    .option('--json', 'JSON Lines')
    .action(async (command: string | undefined, flags: SendFlags) => done(await sendCommand(command, { ...flags, ...global() })))

  const events = program.command('events').description('look into the journal, while the server runs or not')
  const filtered = (command: Command): Command =>
    command
      .option('--command <command>')
      .option('--key <key>')
      .option('--app <id>', '', whole)
      .option('--sink <name>', 'with a delivery to this sink')
      .addOption(new Option('--state <state>', 'with a delivery in this state').choices(['pending', 'delivered', 'dead', 'discarded']))
      .addOption(new Option('--status <status>').choices(['accepted', 'unknown', 'quarantined']))
      .option('--since <time>', '2026-01-31T12:00:00Z, or 10m for ten minutes ago')
      .option('--until <time>')
      .option('--limit <n>', 'at most so many, up to 1000000', whole)
  filtered(events.command('list').description('one line each, newest first'))
    .option('--json', 'JSON Lines')
    .action(async (filters: EventFilters) => done(await eventsCommand({ kind: 'list', filters }, global().config)))
  events
    .command('show')
    .description('everything that is known about one event')
    .argument('<id>')
    .option('--json', 'on one line')
    .action(async (id: string, { json = false }: { json?: boolean }) =>
      done(await eventsCommand({ kind: 'show', id, json }, global().config)),
    )
  filtered(events.command('export').description('JSON Lines with the bodies, newest first')).action(async (filters: EventFilters) =>
    done(await eventsCommand({ kind: 'export', filters }, global().config)),
  )

  const config = program.command('config').description('the configuration')
  config
    .command('print')
    .description('the effective configuration, secrets masked')
    .action(async () => done(await printCommand(global().config)))

  return program
}

/** Runs the command line and gives the exit code. Whatever goes wrong ends in one sentence on standard error. */
export const main = async (args: readonly string[]): Promise<ExitCode> => {
  // The reader of a pipe may leave: `callboard events list | head`.
  process.stdout.on('error', (error: Error & { code?: string }) => process.exit(error.code === 'EPIPE' ? EX.ok : EX.io))
  let code: ExitCode = EX.ok
  try {
    await programFor((ended) => {
      code = ended
    }).parseAsync(args, { from: 'user' })
    return code
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EX.ok : EX.usage
    if (error instanceof Exit) {
      complain(error.message)
      return error.code
    }
    complain(error instanceof Error ? (error.stack ?? error.message) : String(error))
    return EX.software
  }
}
