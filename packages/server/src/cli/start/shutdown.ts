import type { Logger } from 'pino'
import { EX, type ExitCode } from '../exit-codes.ts'
import { forceExit, forceExitLater } from './end-process.ts'

/** Ends the program, on a signal or on request. */
export interface Shutdown {
  /** Resolves with the exit code once the program has to stop. */
  readonly requested: Promise<ExitCode>
  /** Requests the shutdown from inside the program. The process ends before the deadline, whatever hangs. */
  readonly request: (code: ExitCode) => void
  /** Requests the shutdown. The second signal ends the process at once. */
  readonly onSignal: (signal: NodeJS.Signals) => void
}

/**
 * npm, npx and pnpm forward a signal that a terminal or a supervisor has sent to this process as well. Below them the same signal within
 * this time is not a second one.
 */
const FORWARDED_WITHIN_MS = 1_000
const isBelowPackageManager = /\bcallboard\b.*\bstart\b/.test(process.env.npm_lifecycle_script ?? '')

/** Creates the shutdown of a program. */
export const createShutdown = (log: Pick<Logger, 'info'>): Shutdown => {
  const { promise: requested, resolve } = Promise.withResolvers<ExitCode>()
  let first: { readonly signal: NodeJS.Signals; readonly at: number } | undefined
  let isRequested = false
  const request: Shutdown['request'] = (code) => {
    if (!isRequested) forceExitLater(code)
    isRequested = true
    resolve(code)
  }
  return {
    requested,
    request,
    onSignal: (signal) => {
      if (first) {
        const isForwarded = isBelowPackageManager && signal === first.signal && performance.now() - first.at < FORWARDED_WITHIN_MS
        return isForwarded ? undefined : forceExit(EX.software)
      }
      first = { signal, at: performance.now() }
      log.info({ signal }, 'shutting down; a second signal exits at once')
      request(EX.ok)
    },
  }
}
