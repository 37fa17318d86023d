type Write = (fields: Readonly<Record<string, unknown>>, message: string) => void

/** Receives the diagnostics of Callboard and its sinks. A pino logger fits. Lines hold no payload values and no secrets. */
export interface Log {
  readonly info: Write
  readonly warn: Write
  readonly error: Write
}

/** Discards all lines. */
export const silentLog: Log = { info: () => {}, warn: () => {}, error: () => {} }
