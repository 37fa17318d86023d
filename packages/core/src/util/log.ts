type Write = (fields: Readonly<Record<string, unknown>>, message: string) => void

/** Where Callboard and its sinks write diagnostics; a pino logger fits. Never payload values, never secrets. */
export interface Log {
  readonly info: Write
  readonly warn: Write
  readonly error: Write
}

/** Says nothing. */
export const silentLog: Log = { info: () => {}, warn: () => {}, error: () => {} }
