import { ignorePromise, isThenable } from './foreign-value.ts'

type Write = (fields: Readonly<Record<string, unknown>>, message: string) => void

/** Receives the diagnostics of Callboard and its sinks. A pino logger fits. Lines hold no payload values and no secrets. */
export interface Log {
  readonly info: Write
  readonly warn: Write
  readonly error: Write
}

/** Returns a log that writes the same lines and never throws. A log that fails must not fail a callback or a delivery. */
export const createTolerantLog = (log: Log): Log => {
  const tolerant =
    (level: keyof Log): Write =>
    (fields, message) => {
      try {
        const result: unknown = log[level](fields, message)
        if (isThenable(result)) ignorePromise(result)
      } catch {
        // There is no other place to write to.
      }
    }
  return { info: tolerant('info'), warn: tolerant('warn'), error: tolerant('error') }
}

/** Discards all lines. */
export const silentLog: Log = { info: () => {}, warn: () => {}, error: () => {} }
