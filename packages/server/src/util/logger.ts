import { escapeControlsInJson, sanitize } from '@callboard/core'
import { type Logger, pino } from 'pino'
import { print } from './terminal.ts'

const serialize = (value: unknown): unknown => (value instanceof Error ? pino.stdSerializers.err(value) : value)

/** Removes control characters from fields. */
const sanitizeFields = (fields: object): Record<string, unknown> =>
  sanitize(Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, serialize(value)])))

/** Creates the logger of the program. It writes readable lines to a terminal, and JSON Lines to a file or pipe. */
export const createLogger = async (terminal = process.stdout.isTTY): Promise<Logger> => {
  const options = { base: null, timestamp: pino.stdTimeFunctions.isoTime, redact: ['token', 'tokens', 'secret', '*.token', '*.secret'] }
  if (!terminal) {
    const output = pino.destination({ dest: 1, sync: true })
    return pino(options, { write: (line: string) => output.write(escapeControlsInJson(line)) })
  }
  const { default: pretty } = await import('pino-pretty')
  const readable = pretty({ colorize: true, sync: true, singleLine: true, translateTime: 'SYS:HH:MM:ss.l' })
  return pino({ ...options, formatters: { log: sanitizeFields } }, readable)
}

/** Returns a function that prints to a terminal, or logs if standard output is a file or pipe. */
export const announcer =
  (log: Logger) =>
  (text: string): void => {
    if (process.stdout.isTTY) print(text)
    else log.info(text)
  }
