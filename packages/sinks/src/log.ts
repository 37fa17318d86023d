import { defineSink } from '@callboard/core'
import { LogOptions, openLog } from './log/open.ts'

/**
 * One line for each event on standard output: the hook's words, with id, app, command and key. JSON when piped, readable on a
 * terminal. Delivered means that the operating system has the line.
 */
export const log = defineSink({ kind: 'log', options: LogOptions, open: openLog(() => process.stdout) })
