/** What the program ends with, after sysexits.h. */
export const EX = {
  ok: 0,
  /** `send` got an answer that was not OK. */
  notOk: 1,
  usage: 64,
  /** `journal verify` found something wrong. */
  dataError: 65,
  unavailable: 69,
  software: 70,
  cannotCreate: 73,
  io: 74,
  busy: 75,
  noPermission: 77,
  config: 78,
} as const
export type ExitCode = (typeof EX)[keyof typeof EX]

/** Ends a command with a code and a sentence that says what to do next. */
export class Exit extends Error {
  override readonly name = 'Exit'
  readonly code: ExitCode
  constructor(code: ExitCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
