import type { Logger } from 'pino'
import { EX, type ExitCode } from '../exit-codes.ts'

/** Ends the program: by a signal from outside, or because going on would be wrong. */
export interface Shutdown {
  /** Resolves with the exit code once there is a reason to stop. */
  readonly requested: Promise<ExitCode>
  /** Gives a reason from inside. */
  readonly request: (code: ExitCode) => void
}

/** Listens to SIGTERM and SIGINT; the second of them ends the process at once, and so does a bug that nobody caught. */
export const waitForShutdown = (log: Logger): Shutdown => {
  let ask: Shutdown['request'] = () => {}
  const asked = new Promise<ExitCode>((resolve) => {
    ask = resolve
  })
  const onSignal = (signal: NodeJS.Signals) => {
    log.info({ signal }, 'stopping: what is under way is answered and delivered; a second signal stops at once')
    for (const each of ['SIGTERM', 'SIGINT']) process.once(each, () => process.exit(EX.software))
    ask(EX.ok)
  }
  const onBug = (error: unknown) => {
    log.fatal({ err: error }, 'unexpected error; what was accepted is in the journal, and is delivered after the next start')
    process.exit(EX.software)
  }
  process.once('uncaughtException', onBug)
  process.once('unhandledRejection', onBug)
  process.once('SIGTERM', onSignal)
  process.once('SIGINT', onSignal)
  return { requested: asked, request: ask }
}
