import { ConfigError, type Durability, type Emit, type Log, routeOf } from '@callboard/core'
import { loadConfig, loadConfigOrDemo } from '../../config/load.ts'
import { openJournal } from '../../config/open-journal.ts'
import { formatProblem } from '../../config/problems.ts'
import type { ServerOptions } from '../../config/service.ts'
import { type RunningServer, startServer } from '../../http/server.ts'
import { createLogger } from '../../util/logger.ts'
import { OperatorError } from '../../util/operator-error.ts'
import { startWatchdog } from '../../watchdog/watchdog.ts'
import { EX, type ExitCode, toFailure } from '../exit-codes.ts'
import { createDemo, withFreePorts } from './demo.ts'
import { endProcess } from './end-process.ts'
import { catchSignals, type ProcessSignals, type TakeHeldSignals } from './process-signals.ts'
import { createReloader } from './reload.ts'
import { createShutdown, type Shutdown } from './shutdown.ts'
import { ignoreStreamErrors, printToStandardError, routeConsole } from './standard-streams.ts'
import { endOnUncaughtErrors, type UncaughtErrors } from './uncaught-errors.ts'

/** The options of `start`. */
export interface StartOptions {
  readonly config?: string
  readonly demo: boolean
}

const DURABILITY: Readonly<Record<Durability, string>> = {
  memory: 'none (in memory only, lost when the process ends)',
  disk: 'fsync on every commit',
  quorum: 'fsync on a quorum of servers on every commit',
  weak: 'less than fsync on every commit; see the warnings',
}

/** Announces the routes, the journal with its durability, and the URLs of the server. */
const announceServer = (
  announce: (text: string) => void,
  { plugins, routes }: ServerOptions,
  { callboard: { journal }, adminUrl, callbackUrl }: RunningServer,
): void => {
  const explicit = Object.keys(routes).filter((command) => command !== '*')
  for (const command of explicit) {
    const title = plugins.find((plugin) => plugin.command === command)?.title ?? '(no plugin)'
    announce(`${command} -> ${title} -> ${routeOf(routes, command).join(', ') || '(no sink)'}`)
  }
  const others = plugins.filter(({ command }) => !explicit.includes(command)).length
  announce(`*${others > 0 ? ` (${others} more)` : ''} -> ${routes['*']?.join(', ') || '(no sink)'}`)
  announce(`journal: ${journal.description}; durability: ${DURABILITY[journal.durability]}`)
  announce(`health: ${adminUrl}/health/ready`)
  announce(`callback URL: ${callbackUrl}`)
}

const toOperatorError = (error: unknown): unknown =>
  error instanceof ConfigError ? new OperatorError('config', error.message, { cause: error }) : error

/** Handles the signals. Returns a function that sets how SIGHUP reloads the configuration. Until then SIGHUP is remembered. */
const handleSignals = (signals: ProcessSignals, shutdown: Shutdown, log: Log): ((reload: () => void) => void) => {
  let reload: (() => void) | undefined
  let isReloadRequested = false
  signals.handle((signal) => {
    if (signal === 'SIGUSR1' || signal === 'SIGUSR2') log.info({ signal }, 'signal ignored')
    else if (signal !== 'SIGHUP') shutdown.onSignal(signal)
    else if (reload) reload()
    else isReloadRequested = true
  })
  return (next) => {
    reload = next
    if (isReloadRequested) next()
  }
}

const serve = async (
  { config, demo: isDemo }: StartOptions,
  signals: ProcessSignals,
  uncaughtErrors: UncaughtErrors,
): Promise<ExitCode> => {
  const { log, announce, droppedLines, countDroppedLine } = await createLogger()
  routeConsole(log, countDroppedLine)
  uncaughtErrors.logTo(log)
  const shutdown = createShutdown(log)
  const onReload = handleSignals(signals, shutdown, log)

  const { service, journal, settings, warnings, builtIn } = isDemo
    ? await loadConfigOrDemo(config, 'start')
    : { ...(await loadConfig(config, 'start')), builtIn: false }
  for (const warning of warnings) log.warn(formatProblem(warning))

  const demo = isDemo ? createDemo() : undefined
  const listener: Emit = (event) => {
    demo?.listener(event)
    if (event.type === 'journal' && event.code === 'corrupt') shutdown.request(EX.io)
  }
  // A file system may never answer. A signal ends the program nevertheless.
  const opened = await Promise.race([openJournal(journal, log), shutdown.requested])
  if (typeof opened === 'number') return endProcess(opened, true)
  const watchdog = startWatchdog(log, countDroppedLine)
  const options = builtIn ? await withFreePorts(service, announce) : service
  const server = await startServer(options, {
    journal: opened,
    ...(journal.use === 'sqlite' && { journalFile: journal.path }),
    log,
    listener,
    watchdog,
    droppedLogLines: droppedLines,
  }).catch((error: unknown) => {
    throw toOperatorError(error)
  })
  announceServer(announce, options, server)
  onReload(
    builtIn
      ? () => log.info('reload ignored; the configuration is built in')
      : createReloader(settings, () => loadConfig(config, 'reload'), server, log),
  )
  await demo?.run(announce, options, server).catch((error: unknown) => log.error({ err: error }, 'demo request failed'))

  const exitCode = await shutdown.requested
  await server.stop()
  await watchdog.stop()
  log.info('stopped')
  return exitCode
}

/** Runs `start`: receives callbacks and delivers events until a signal. Then ends the process, even if something keeps it busy. */
export const startCommand = async (options: StartOptions, takeHeldSignals: TakeHeldSignals): Promise<never> => {
  const signals = catchSignals(takeHeldSignals)
  ignoreStreamErrors()
  const exitCode = await serve(options, signals, endOnUncaughtErrors()).catch((error: unknown) => {
    const failure = toFailure(error)
    if (failure.message !== undefined) printToStandardError(failure.message)
    return failure.exitCode
  })
  return endProcess(exitCode)
}
