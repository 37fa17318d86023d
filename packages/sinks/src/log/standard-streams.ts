import { write } from 'node:fs'
import { Socket } from 'node:net'
import { isMainThread } from 'node:worker_threads'
import { createOutputQueue, type OutputQueue, type WriteText } from './output-queue.ts'

/** Standard output or standard error, or another output of lines. */
export interface LineOutput extends OutputQueue {
  readonly isTTY: boolean
  /**
   * Ignores the errors of the stream, which the writes report as well, until the returned function is called.
   * Without a listener an error of the stream ends the process.
   */
  readonly ignoreErrors: () => () => void
}

/** Node writes to a terminal synchronously, so a terminal that Ctrl-S has stopped would stop the event loop. */
const makeNonBlocking = (terminal: NodeJS.WriteStream): void => {
  const handle: unknown = Reflect.get(terminal, '_handle')
  if (typeof handle === 'object' && handle !== null && 'setBlocking' in handle && typeof handle.setBlocking === 'function')
    handle.setBlocking(false)
}

/** Writes to a pipe, a socket or a terminal without a thread: a thread that is blocked by a full pipe would keep the process from ending. */
const streamWriter =
  (stream: NodeJS.WriteStream): WriteText =>
  (text, done) => {
    stream.write(text, (error) => done(error ?? undefined))
  }

/** Writes to a file in a thread, because Node's stream would block the event loop until the disk responds. */
const fileWriter =
  (fd: number): WriteText =>
  (text, done) => {
    const bytes = Buffer.from(text)
    const writeFrom = (offset: number) =>
      write(fd, bytes, offset, bytes.length - offset, null, (error, written) => {
        if (error) done(error)
        else if (offset + written < bytes.length) writeFrom(offset + written)
        else done()
      })
    writeFrom(0)
  }

const outputOf = (stream: NodeJS.WriteStream, fd: number): LineOutput => {
  const isTTY = stream.isTTY === true
  if (isTTY) makeNonBlocking(stream)
  // The streams of a worker thread send messages to the main thread.
  const isFile = isMainThread && !(stream instanceof Socket)
  return {
    ...createOutputQueue(isFile ? fileWriter(fd) : streamWriter(stream)),
    isTTY,
    ignoreErrors: () => {
      const ignore = () => {}
      stream.on('error', ignore)
      return () => stream.off('error', ignore)
    },
  }
}

let output: LineOutput | undefined
let errorOutput: LineOutput | undefined

/** Returns standard output. All callers share its queue, so that their lines do not mix. */
export const standardOutput = (): LineOutput => {
  output ??= outputOf(process.stdout, 1)
  return output
}

/** Returns standard error. All callers share its queue. */
export const standardError = (): LineOutput => {
  errorOutput ??= outputOf(process.stderr, 2)
  return errorOutput
}
