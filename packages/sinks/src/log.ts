import { defineSink } from '@callboard/core'
import { logOptions, openLog } from './log/open-log.ts'
import { standardOutput } from './log/standard-streams.ts'

export { type LineOutput, standardError, standardOutput } from './log/standard-streams.ts'

/**
 * Writes one line per event to standard output: the text of the `log` hook with id, app, command and key. The line is JSON in a pipe
 * and readable on a terminal. An event is delivered when the operating system has the line.
 */
export const log = defineSink({ kind: 'log', options: logOptions, open: openLog(standardOutput) })
