import type { Socket } from 'node:net'

const INTERIM = 'HTTP/1.1 1'
const CONTINUE = 'HTTP/1.1 100'
const PROCESSING = 'HTTP/1.1 102'
const END_OF_HEAD = '\r\n\r\n'

const startsWith = (data: Buffer, text: string, at: number): boolean => data.toString('latin1', at, at + text.length) === text

/** Replaces the status of each `100 Continue` at the start of the data. Returns whether the head of another response follows. */
const replaceContinue = (data: Buffer): boolean => {
  let at = 0
  while (startsWith(data, INTERIM, at)) {
    if (startsWith(data, CONTINUE, at)) data.write(PROCESSING, at, 'latin1')
    const end = data.indexOf(END_OF_HEAD, at)
    if (end === -1) return false
    at = end + END_OF_HEAD.length
  }
  return startsWith(data, 'HTTP/', at)
}

/**
 * Lets undici skip each `100 Continue` that no request asked for, as HTTP demands. undici skips all interim responses but this one, so
 * it is read as `102 Processing`. Only the data between the request and the head of its response is looked at, never a body.
 */
export const skipContinue = (socket: Socket): void => {
  const read = socket.read.bind(socket)
  let writtenBeforeHead: number | undefined
  socket.read = (size) => {
    const data: unknown = read(size)
    if (Buffer.isBuffer(data) && socket.bytesWritten !== writtenBeforeHead && replaceContinue(data)) writtenBeforeHead = socket.bytesWritten
    return data
  }
}
