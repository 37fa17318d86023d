/** The kind of problem that ends a command. The command line turns it into an exit code. */
export type OperatorErrorReason =
  | 'notOk'
  | 'usage'
  | 'dataError'
  | 'unavailable'
  | 'software'
  | 'cannotCreate'
  | 'io'
  | 'busy'
  | 'noPermission'
  | 'config'

/** An error for the administrator: one sentence that says what failed and what to do. It is printed without a stack. */
export class OperatorError extends Error {
  override readonly name = 'OperatorError'
  readonly reason: OperatorErrorReason
  constructor(reason: OperatorErrorReason, message: string, options?: ErrorOptions) {
    super(message, options)
    this.reason = reason
  }
}
