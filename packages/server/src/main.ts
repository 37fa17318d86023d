import { JournalError } from '@callboard/core'
import { Command, CommanderError } from 'commander'
import { AdminError } from './admin/admin-api.ts'
import { registerDead } from './cli/dead/command.ts'
import { registerEvents } from './cli/events/command.ts'
import { EX, type ExitCode } from './cli/exit-codes.ts'
import { registerJournal } from './cli/journal/command.ts'
import { registerNew } from './cli/new/command.ts'
import { registerSend } from './cli/send/command.ts'
import type { CommandContext, GlobalOptions } from './cli/shared/options.ts'
import { registerSinks } from './cli/sinks/command.ts'
import { registerTail } from './cli/tail/command.ts'
import { OperatorError } from './util/operator-error.ts'
import { packageJson } from './util/package-json.ts'
import { printError } from './util/terminal.ts'

/** The command line. Each action hands its exit code to `done`, and loads what it runs: loading all would take most of a start. */
const programFor = (done: (code: ExitCode) => void): Command => {
  const program = new Command('callboard')
    .description('Receives the callbacks of Tencent Cloud Chat (IM), writes them to disk, and delivers them.')
    .version(packageJson.version, '-V, --version', 'print the version')
    .option('-c, --config <file>', 'the configuration (default: callboard.yaml in the working directory)')
    .showHelpAfterError('Run with --help to see what there is.')
    .exitOverride()
    .configureOutput({ writeErr: (text) => printError(text.trimEnd()) })
  const global = () => program.opts<GlobalOptions>()

  program
    .command('init')
    .description('write a configuration to start from')
    .action(async () => done(await (await import('./cli/init/init.ts')).initCommand(global().config)))

  program
    .command('start')
    .description('receive and deliver until SIGTERM')
    .option('--demo', 'send one signed sample to itself; without a configuration, use a built-in one')
    .action(async (options: { demo?: boolean }) =>
      done(await (await import('./cli/start/start.ts')).startCommand({ ...global(), demo: options.demo ?? false })),
    )

  program
    .command('check')
    .description('say everything that is wrong with the configuration')
    .option('--online', 'then try to connect to its webhooks, as a delivery would, and send nothing; exit 69 where one cannot be reached')
    .option('--json', 'JSON Lines')
    .action(async ({ json = false, online = false }: { json?: boolean; online?: boolean }) =>
      done(await (await import('./cli/check/check.ts')).checkCommand(global().config, { json, online })),
    )

  const line: CommandContext = { program, global, exitWith: done }
  registerSend(line)
  registerEvents(line)
  registerTail(line)
  registerDead(line)
  registerSinks(line)
  registerJournal(line)

  program
    .command('plugins')
    .description('the callbacks that the configuration loads and where they go, then the others that come with the program')
    .option('--json', 'JSON Lines')
    .action(async (options: { json?: boolean }) =>
      done(await (await import('./cli/plugins/plugins.ts')).pluginsCommand(global().config, options.json ?? false)),
    )

  registerNew(line)

  const config = program.command('config').description('the configuration')
  config
    .command('print')
    .description('the effective configuration, secrets masked')
    .action(async () => done(await (await import('./cli/config/print.ts')).printCommand(global().config)))
  config
    .command('schema')
    .description('the JSON Schema of callboard.yaml, by which editors complete and check it')
    .action(async () => done((await import('./cli/config/schema.ts')).schemaCommand()))

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
    if (error instanceof OperatorError) {
      printError(error.message)
      return EX[error.reason]
    }
    if (error instanceof AdminError || error instanceof JournalError) {
      printError(error.message)
      return error instanceof AdminError ? EX.usage : EX.io
    }
    printError(error instanceof Error ? (error.stack ?? error.message) : String(error))
    return EX.software
  }
}
