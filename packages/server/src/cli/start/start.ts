import { ConfigError, type Emit } from '@callboard/core'
import { loadConfig, loadConfigOrDemo } from '../../config/load.ts'
import { openJournal } from '../../config/open-journal.ts'
import { formatProblem } from '../../config/problems.ts'
import { startServer } from '../../http/server.ts'
import { announcer, createLogger } from '../../util/logger.ts'
import { OperatorError } from '../../util/operator-error.ts'
import { startWatchdog } from '../../watchdog/watchdog.ts'
import { EX, type ExitCode } from '../exit-codes.ts'
import { printBanner } from './banner.ts'
import { demo } from './demo.ts'
import { withFreePorts } from './free-ports.ts'
import { createReloader } from './reload.ts'
import { waitForShutdown } from './shutdown-signals.ts'

/** What the command line of `start` says. */
export interface StartOptions {
  readonly config?: string
  readonly demo: boolean
}

/** A supervisor grants 10 s; whatever hangs by then is left behind, and delivered after the next start. */
const STOP_DEADLINE_MS = 9_500

/** What an operator sees when the program cannot start. */
const refusal = (error: unknown): unknown =>
  error instanceof ConfigError ? new OperatorError('config', error.message, { cause: error }) : error

/** `start`: receives and delivers until somebody asks it to stop. */
export const startCommand = async (options: StartOptions): Promise<ExitCode> => {
  const log = await createLogger()
  const say = announcer(log)
  const { service, journal, settings, warnings, builtIn } = options.demo
    ? await loadConfigOrDemo(options.config)
    : { ...(await loadConfig(options.config)), builtIn: false }
  for (const warning of warnings) log.warn(formatProblem(warning))

  const ending = waitForShutdown(log)
  const firstRun = options.demo ? demo() : undefined
  const listener: Emit = (signal) => {
    firstRun?.tell(signal)
    if (signal.type === 'journal' && signal.code === 'corrupt') ending.request(EX.io)
  }
  const watchdog = startWatchdog(log)
  const placed = builtIn ? await withFreePorts(service, say) : service
  const served = await startServer(placed, {
    journal: await openJournal(journal, log),
    ...(journal.use === 'sqlite' && { journalFile: journal.path }),
    log,
    listener,
    watch: watchdog,
  }).catch((error: unknown) => {
    throw refusal(error)
  })
  printBanner(say, placed, served)
  if (!builtIn)
    process.on(
      'SIGHUP',
      createReloader(settings, () => loadConfig(options.config), served, log),
    )
  await firstRun?.run(say, placed, served).catch((error: unknown) => log.error({ err: error }, 'the demo could not send its sample'))

  const code = await ending.requested
  const overdue = setTimeout(() => process.exit(code), STOP_DEADLINE_MS)
  await served.stop()
  await watchdog.stop()
  clearTimeout(overdue)
  log.info('stopped')
  return code
}
