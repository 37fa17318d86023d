import { escapeControlsInJson, sanitize } from '@callboard/core'
import { pino } from 'pino'

/** The level of a line. */
export type Level = 'debug' | 'info' | 'warn' | 'error'
/** Returns the text of one line with its newline. */
export type LineFormatter = (level: Level, fields: Readonly<Record<string, unknown>>, message: string) => string

const HIDDEN_WHEN_PRETTY = 'app,command,key'

/** Creates a formatter of JSON lines or of lines for people. A line never contains a newline or a control sequence of its fields. */
export const createLineFormatter = async (format: 'json' | 'pretty', colour: boolean): Promise<LineFormatter> => {
  let line = ''
  // pino must not drop a line: the sink's `level` only labels lines.
  const options = { base: null, level: 'debug', timestamp: pino.stdTimeFunctions.isoTime }
  const logger = pino(options, {
    write: (text: string) => {
      line = text
    },
  })
  if (format === 'json') {
    return (level, fields, message) => {
      logger[level](fields, '%s', message)
      return escapeControlsInJson(line)
    }
  }
  const { isColorSupported, prettyFactory } = await import('pino-pretty')
  const prettify = prettyFactory({
    colorize: colour && isColorSupported,
    translateTime: 'SYS:HH:MM:ss.l',
    ignore: HIDDEN_WHEN_PRETTY,
    singleLine: true,
  })
  return (level, fields, message) => {
    logger[level](sanitize(fields), '%s', sanitize(message))
    return prettify(line)
  }
}
