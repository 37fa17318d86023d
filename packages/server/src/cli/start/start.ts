import { ConfigError, type Tell } from '@callboard/core'
import { configured, configuredOrDemo } from '../../config/load.ts'
import { openJournal } from '../../config/open-journal.ts'
import { formatProblem } from '../../config/problems.ts'
import { serve } from '../../http/server.ts'
import { EX, Exit, type ExitCode } from '../../util/exit.ts'
import { createLogger, sayWith } from '../../util/logger.ts'
import { startWatchdog } from '../../watchdog/watchdog.ts'
import { announce } from './banner.ts'
import { demo } from './demo.ts'
import { onFreePorts } from './free-ports.ts'
import { reloader } from './reload.ts'
import { untilAsked } from './shutdown-signals.ts'

/** What the command line of `start` says. */
export interface StartOptions {
  readonly config?: string
  readonly demo: boolean
}

/** A supervisor grants 10 s; whatever hangs by then is left behind, and delivered after the next start. */
const LAST_MOMENT = 9_500

/** What an operator sees when the program cannot start. */
const refusal = (error: unknown): unknown => (error instanceof ConfigError ? new Exit(EX.config, error.message, { cause: error }) : error)

/** `start`: receives and delivers until somebody asks it to stop. */
export const startCommand = async (options: StartOptions): Promise<ExitCode> => {
  const log = await createLogger()
  const say = sayWith(log)
  const { service, journal, settings, warnings, builtIn } = options.demo
    ? await configuredOrDemo(options.config)
    : { ...(await configured(options.config)), builtIn: false }
  for (const warning of warnings) log.warn(formatProblem(warning))

  const ending = untilAsked(log)
  const firstRun = options.demo ? demo() : undefined
  const listener: Tell = (signal) => {
    firstRun?.tell(signal)
    if (signal.type === 'journal' && signal.why === 'corrupt') ending.ask(EX.io)
  }
  const watchdog = startWatchdog(log)
  const placed = builtIn ? await onFreePorts(service, say) : service
  const served = await serve(placed, {
    journal: await openJournal(journal, log),
    ...(journal.use === 'sqlite' && { journalFile: journal.path }),
    log,
    listener,
    watch: watchdog,
  }).catch((error: unknown) => {
    throw refusal(error)
  })
  announce(say, placed, served)
  if (!builtIn)
    process.on(
      'SIGHUP',
      reloader(settings, () => configured(options.config), served, log),
    )
  await firstRun?.run(say, placed, served).catch((error: unknown) => log.error({ err: error }, 'the demo could not send its sample'))

  const code = await ending.asked
  const overdue = setTimeout(() => process.exit(code), LAST_MOMENT)
  await served.stop()
  await watchdog.stop()
  clearTimeout(overdue)
  log.info('stopped')
  return code
}
