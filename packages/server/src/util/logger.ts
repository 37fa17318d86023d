import { escapeControlsInJson, sanitize } from '@callboard/core'
import { type Logger, pino } from 'pino'
import { print } from './terminal.ts'

const plain = (value: unknown): unknown => (value instanceof Error ? pino.stdSerializers.err(value) : value)

/** Fields without anything that steers a terminal. */
const safe = (fields: object): Record<string, unknown> =>
  sanitize(Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, plain(value)])))

/** The program's own diagnostics: readable on a terminal, JSON lines where they are collected. */
export const createLogger = async (terminal = process.stdout.isTTY): Promise<Logger> => {
  const options = { base: null, timestamp: pino.stdTimeFunctions.isoTime, redact: ['token', 'tokens', 'secret', '*.token', '*.secret'] }
  if (!terminal) {
    const output = pino.destination({ dest: 1, sync: true })
    return pino(options, { write: (line: string) => output.write(escapeControlsInJson(line)) })
  }
  const { default: pretty } = await import('pino-pretty')
  const readable = pretty({ colorize: true, sync: true, singleLine: true, translateTime: 'SYS:HH:MM:ss.l' })
  return pino({ ...options, formatters: { log: safe } }, readable)
}

/** Says something to whoever started the program: plain text on a terminal, a log line where the output is collected. */
export const announcer =
  (log: Logger) =>
  (text: string): void => {
    if (process.stdout.isTTY) print(text)
    else log.info(text)
  }
