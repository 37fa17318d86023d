import { Console } from 'node:console'
import { Writable } from 'node:stream'
import { type LineOutput, standardError, standardOutput } from '@callboard/sinks'
import type { Logger } from 'pino'

/** Returns a stream whose writes neither fail nor wait. It calls `countDropped` for each text that could not be written. */
const streamTo = (output: Pick<LineOutput, 'write'>, countDropped: () => void): Writable =>
  new Writable({
    decodeStrings: false,
    write: (text, _, done) => {
      output.write(String(text)).catch(countDropped)
      done()
    },
  })

/** Ignores errors of standard output and standard error. Without a listener they would end the process. */
export const ignoreStreamErrors = (): void => {
  standardOutput().ignoreErrors()
  standardError().ignoreErrors()
}

/**
 * Routes what Node and other code print through the outputs that neither block nor fail: the `console` of plugins and sinks, and the
 * warnings of Node, which go to the log.
 */
export const routeConsole = (log: Pick<Logger, 'warn'>, countDropped: () => void): void => {
  const output = standardOutput()
  const errorOutput = standardError()
  globalThis.console = new Console({
    stdout: streamTo(output, countDropped),
    stderr: streamTo(errorOutput, countDropped),
    colorMode: output.isTTY && errorOutput.isTTY,
  })
  // Node's own listener writes to standard error past the queue.
  process.removeAllListeners('warning')
  process.on('warning', (warning) => log.warn({ err: warning }, 'warning of Node'))
}

/** Prints a text to standard error, if it takes data. */
export const printToStandardError = (text: string): void => {
  standardError()
    .write(`${text}\n`)
    .catch(() => {})
}

/** Resolves when both outputs have written all lines. */
export const flushStandardStreams = (): Promise<unknown> => Promise.all([standardOutput().flush(), standardError().flush()])
