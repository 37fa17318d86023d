import { JournalError } from '@callboard/core'
import { CommanderError } from 'commander'
import { AdminError } from '../admin/admin-api.ts'
import { OperatorError, type OperatorErrorReason } from '../util/operator-error.ts'

/** The exit codes of the command line, as in sysexits.h. */
export const EX = {
  ok: 0,
  /** `send` received an answer that was not OK, or a sink test failed. */
  notOk: 1,
  usage: 64,
  /** `journal verify` found a problem. */
  dataError: 65,
  unavailable: 69,
  software: 70,
  cannotCreate: 73,
  io: 74,
  busy: 75,
  noPermission: 77,
  config: 78,
} as const satisfies Readonly<Record<OperatorErrorReason | 'ok', number>>

/** An exit code of the command line. */
export type ExitCode = (typeof EX)[keyof typeof EX]

/** The end of a command that threw. */
export interface Failure {
  readonly exitCode: ExitCode
  /** The text for standard error. Absent if commander has printed its own. */
  readonly message?: string
}

/** Maps an error to its exit code and message. An unexpected error is a bug: its message is the stack. */
export const toFailure = (error: unknown): Failure => {
  // Commander throws for --help and --version as well, with exit code 0.
  if (error instanceof CommanderError) return { exitCode: error.exitCode === 0 ? EX.ok : EX.usage }
  if (error instanceof OperatorError) return { exitCode: EX[error.reason], message: error.message }
  if (error instanceof AdminError) return { exitCode: EX.usage, message: error.message }
  if (error instanceof JournalError) return { exitCode: EX.io, message: error.message }
  return { exitCode: EX.software, message: error instanceof Error ? (error.stack ?? error.message) : String(error) }
}
