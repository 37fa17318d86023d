import type { OperatorErrorReason } from '../util/operator-error.ts'

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
