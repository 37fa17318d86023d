import { connect } from 'node:net'

/** A keep-alive connection that carries one request at a time. */
export interface Connection {
  /** Writes a request. `onAnswer` of the connection runs when it is answered. */
  readonly send: (request: string) => void
  readonly close: () => void
}

const STATUS_OK = /^HTTP\/1\.1 200 /
const BODY_OK = '{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}'

/** Opens a connection. `onError` runs on every answer but the plain OK, and if the server closes the connection. */
export const openConnection = (
  url: URL,
  onConnect: (connection: Connection) => void,
  onAnswer: (connection: Connection) => void,
  onError: (error: Error) => void,
): void => {
  const socket = connect({ host: url.hostname, port: Number(url.port), noDelay: true })
  let text = ''
  const connection: Connection = {
    send: (request) => socket.write(request),
    close: () => socket.removeAllListeners('close').destroy(),
  }
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    text += chunk
    if (text.endsWith(BODY_OK) && STATUS_OK.test(text)) {
      text = ''
      onAnswer(connection)
    } else if (text.endsWith(BODY_OK) || (text.includes('\r\n\r\n{') && !STATUS_OK.test(text))) onError(new Error(`answered ${text}`))
  })
  socket.on('error', onError)
  socket.on('close', () => onError(new Error(`the server closed the connection${text && ` after ${text}`}`)))
  socket.on('connect', () => onConnect(connection))
}
