import { escapeControlsInJson, sanitize } from '@callboard/core'
import { pino } from 'pino'

/** How loud a line is. */
export type Level = 'debug' | 'info' | 'warn' | 'error'
/** Makes the text of one line, its newline included. */
export type Line = (level: Level, fields: Readonly<Record<string, unknown>>, message: string) => string

// What a person does not need in every line; the JSON form has it.
const NOT_IN_SHORT = 'app,command,key'

/** Lines of JSON, or lines for a person. Whatever the fields hold, a line is one line, and nothing in it steers a terminal. */
export const lines = async (format: 'json' | 'pretty', colour: boolean): Promise<Line> => {
  let line = ''
  // Every level is written: `level` says how loud events are, it hides none.
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
  const readable = prettyFactory({
    colorize: colour && isColorSupported,
    translateTime: 'SYS:HH:MM:ss.l',
    ignore: NOT_IN_SHORT,
    singleLine: true,
  })
  return (level, fields, message) => {
    logger[level](sanitize(fields), '%s', sanitize(message))
    return readable(line)
  }
}
