import { Command } from 'commander'
import { registerCheck } from './cli/check/command.ts'
import { registerConfig } from './cli/config/command.ts'
import { registerDead } from './cli/dead/command.ts'
import { registerEvents } from './cli/events/command.ts'
import { EX, type ExitCode, toFailure } from './cli/exit-codes.ts'
import { registerInit } from './cli/init/command.ts'
import { registerJournal } from './cli/journal/command.ts'
import { registerNew } from './cli/new/command.ts'
import { registerPlugins } from './cli/plugins/command.ts'
import { registerSend } from './cli/send/command.ts'
import type { CommandContext, GlobalOptions } from './cli/shared/options.ts'
import { registerSinks } from './cli/sinks/command.ts'
import { registerStart } from './cli/start/command.ts'
import type { TakeHeldSignals } from './cli/start/process-signals.ts'
import { registerTail } from './cli/tail/command.ts'
import { packageJson } from './util/package-json.ts'
import { printError } from './util/terminal.ts'

/** In the order of `callboard --help`. */
const REGISTRATIONS: readonly ((context: CommandContext) => void)[] = [
  registerInit,
  registerStart,
  registerCheck,
  registerSend,
  registerEvents,
  registerTail,
  registerDead,
  registerSinks,
  registerJournal,
  registerPlugins,
  registerNew,
  registerConfig,
]

/** The reader of a pipe may close it early: `callboard events list | head`. */
const endOnOutputError = (error: Error & { readonly code?: string }): never => process.exit(error.code === 'EPIPE' ? EX.ok : EX.io)

/** Declares the command line. `onExit` receives the exit code of the command that ran. */
export const createProgram = (onExit: (code: ExitCode) => void, takeHeldSignals: TakeHeldSignals = () => []): Command => {
  const program = new Command('callboard')
    .description('Receives the callbacks of Tencent Cloud Chat (IM), stores them on disk, and delivers them to your sinks.')
    .version(packageJson.version, '-V, --version', 'print the version')
    .option('-c, --config <file>', 'configuration file (default: callboard.yaml in this directory)')
    .showHelpAfterError('Run again with --help to see the usage.')
    .configureHelp({ showGlobalOptions: true })
    .exitOverride()
    .configureOutput({ writeErr: (text) => printError(text.trimEnd()) })
  const context: CommandContext = {
    program,
    globalOptions: () => program.opts<GlobalOptions>(),
    action:
      (run) =>
      async (...args) => {
        for (const signal of takeHeldSignals()) process.kill(process.pid, signal)
        onExit(await run(...args))
      },
    service:
      (run) =>
      (...args) => {
        process.stdout.off('error', endOnOutputError)
        return run(takeHeldSignals, ...args)
      },
  }
  for (const register of REGISTRATIONS) register(context)
  return program
}

/**
 * Runs the command line and returns its exit code. Prints an error as one line on standard error.
 * `takeHeldSignals` returns the signals that arrived while this module was loading, and stops holding further ones.
 */
export const main = async (args: readonly string[], takeHeldSignals?: TakeHeldSignals): Promise<ExitCode> => {
  process.stdout.on('error', endOnOutputError)
  let exitCode: ExitCode = EX.ok
  try {
    await createProgram((code) => {
      exitCode = code
    }, takeHeldSignals).parseAsync(args, { from: 'user' })
    return exitCode
  } catch (error) {
    const { exitCode: code, message } = toFailure(error)
    if (message !== undefined) printError(message)
    return code
  }
}
