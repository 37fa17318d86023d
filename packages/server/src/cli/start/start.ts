import { ConfigError, type Durability, type Emit, routeOf } from '@callboard/core'
import { loadConfig, loadConfigOrDemo } from '../../config/load.ts'
import { openJournal } from '../../config/open-journal.ts'
import { formatProblem } from '../../config/problems.ts'
import type { ServerOptions } from '../../config/service.ts'
import { type RunningServer, startServer } from '../../http/server.ts'
import { announcer, createLogger } from '../../util/logger.ts'
import { OperatorError } from '../../util/operator-error.ts'
import { startWatchdog } from '../../watchdog/watchdog.ts'
import { EX, type ExitCode } from '../exit-codes.ts'
import { createDemo, withFreePorts } from './demo.ts'
import { createReloader } from './reload.ts'
import { waitForShutdown } from './shutdown-signals.ts'

/** The options of `start`. */
export interface StartOptions {
  readonly config?: string
  readonly demo: boolean
}

/** Supervisors send SIGKILL after 10 s. Deliveries that take longer are repeated after the next start. */
const STOP_DEADLINE_MS = 9_500

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

/** Runs `start`: receives callbacks and delivers events until a signal. */
export const startCommand = async ({ config, demo: isDemo }: StartOptions): Promise<ExitCode> => {
  const log = await createLogger()
  const announce = announcer(log)
  const { service, journal, settings, warnings, builtIn } = isDemo
    ? await loadConfigOrDemo(config, 'start')
    : { ...(await loadConfig(config, 'start')), builtIn: false }
  for (const warning of warnings) log.warn(formatProblem(warning))

  const shutdown = waitForShutdown(log)
  const demo = isDemo ? createDemo() : undefined
  const listener: Emit = (event) => {
    demo?.listener(event)
    if (event.type === 'journal' && event.code === 'corrupt') shutdown.request(EX.io)
  }
  const watchdog = startWatchdog(log)
  const options = builtIn ? await withFreePorts(service, announce) : service
  const server = await startServer(options, {
    journal: await openJournal(journal, log),
    ...(journal.use === 'sqlite' && { journalFile: journal.path }),
    log,
    listener,
    watchdog,
  }).catch((error: unknown) => {
    throw toOperatorError(error)
  })
  announceServer(announce, options, server)
  if (!builtIn)
    process.on(
      'SIGHUP',
      createReloader(settings, () => loadConfig(config, 'reload'), server, log),
    )
  await demo?.run(announce, options, server).catch((error: unknown) => log.error({ err: error }, 'demo request failed'))

  const exitCode = await shutdown.requested
  const deadline = setTimeout(() => process.exit(exitCode), STOP_DEADLINE_MS)
  await server.stop()
  await watchdog.stop()
  clearTimeout(deadline)
  log.info('stopped')
  return exitCode
}
