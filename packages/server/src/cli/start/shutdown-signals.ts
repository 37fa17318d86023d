import type { Logger } from 'pino'
import { EX, type ExitCode } from '../exit-codes.ts'

/** Ends the program, on a signal or on request. */
export interface Shutdown {
  /** Resolves with the exit code once the program has to stop. */
  readonly requested: Promise<ExitCode>
  /** Requests the shutdown from inside the program. */
  readonly request: (code: ExitCode) => void
}

/** Listens to SIGTERM and SIGINT. A second signal, and an error that nothing catches, end the process at once. */
export const waitForShutdown = (log: Logger): Shutdown => {
  let request: Shutdown['request'] = () => {}
  const requested = new Promise<ExitCode>((resolve) => {
    request = resolve
  })
  const onSignal = (signal: NodeJS.Signals) => {
    log.info({ signal }, 'shutting down; a second signal exits at once')
    for (const name of ['SIGTERM', 'SIGINT']) process.once(name, () => process.exit(EX.software))
    request(EX.ok)
  }
  const onUncaughtError = (error: unknown) => {
    log.fatal({ err: error }, 'uncaught error; accepted events stay in the journal')
    process.exit(EX.software)
  }
  process.once('uncaughtException', onUncaughtError)
  process.once('unhandledRejection', onUncaughtError)
  process.once('SIGTERM', onSignal)
  process.once('SIGINT', onSignal)
  return { requested, request }
}
