import { inspect } from 'node:util'
import type { Logger } from 'pino'
import { EX } from '../exit-codes.ts'
import { endProcess } from './end-process.ts'
import { printToStandardError } from './standard-streams.ts'

/** The handling of errors that nothing catches. */
export interface UncaughtErrors {
  /** From now on they are logged. Before, they are printed to standard error. */
  readonly logTo: (log: Pick<Logger, 'fatal'>) => void
}

/** Ends the process with the exit code of a bug at the first error that nothing catches. */
export const endOnUncaughtErrors = (): UncaughtErrors => {
  let report = (error: unknown): void => printToStandardError(inspect(error))
  let isEnding = false
  const onError = (error: unknown) => {
    if (isEnding) return
    isEnding = true
    try {
      report(error)
    } catch {
      // An error may be an object that throws when it is read.
    }
    endProcess(EX.software)
  }
  process.on('uncaughtException', onError)
  process.on('unhandledRejection', onError)
  return {
    logTo: (log) => {
      report = (error) => log.fatal({ err: error }, 'uncaught error; accepted events stay in the journal')
    },
  }
}
