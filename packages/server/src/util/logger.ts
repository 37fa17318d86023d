import { escapeControlsInJson, sanitize } from '@callboard/core'
import { type LineOutput, standardOutput } from '@callboard/sinks'
import { type Logger, type LoggerOptions, pino } from 'pino'
import { createBoundedWriter } from './bounded-writer.ts'

/** The log of the program. Writing to it neither blocks nor fails. */
export interface ProgramLog {
  readonly log: Logger
  /** Prints a text to a terminal. Logs it if standard output is a file or pipe. */
  readonly announce: (text: string) => void
  /** The number of lines that could not be written. */
  readonly droppedLines: () => number
  /** Counts a line that was dropped somewhere else. */
  readonly countDroppedLine: () => void
}

const serialize = (value: unknown): unknown => (value instanceof Error ? pino.stdSerializers.err(value) : value)

/** Removes control characters from fields. */
const sanitizeFields = (fields: object): Record<string, unknown> =>
  sanitize(Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, serialize(value)])))

const OPTIONS: LoggerOptions = {
  base: null,
  timestamp: pino.stdTimeFunctions.isoTime,
  redact: ['token', 'tokens', 'secret', '*.token', '*.secret'],
}

/** Returns the function that makes the final line of one that pino has written. */
const createLineFormat = async (isTerminal: boolean): Promise<(line: string) => string> => {
  if (!isTerminal) return escapeControlsInJson
  const { isColorSupported, prettyFactory } = await import('pino-pretty')
  return prettyFactory({ colorize: isColorSupported, singleLine: true, translateTime: 'SYS:HH:MM:ss.l' })
}

/** Creates the log of the program. It writes readable lines to a terminal, and JSON Lines to a file or pipe. */
export const createLogger = async (output: Pick<LineOutput, 'isTTY' | 'write'> = standardOutput()): Promise<ProgramLog> => {
  const options = output.isTTY ? { ...OPTIONS, formatters: { log: sanitizeFields } } : OPTIONS
  const format = await createLineFormat(output.isTTY)
  const writer = createBoundedWriter(output, (dropped) => {
    let report = ''
    pino(options, {
      write: (line: string) => {
        report = format(line)
      },
    }).warn({ dropped }, 'log lines dropped')
    return report
  })
  const log = pino(options, { write: (line: string) => writer.write(format(line)) })
  return {
    log,
    announce: (text) => {
      if (output.isTTY) writer.write(`${text}\n`)
      else log.info(text)
    },
    droppedLines: writer.dropped,
    countDroppedLine: writer.countDropped,
  }
}
