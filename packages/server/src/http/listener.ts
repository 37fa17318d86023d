import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { Server as NetServer } from 'node:net'
import type { Answer, Fault } from '@callboard/core'
import type { Certificate } from '../config/service.ts'
import type { CloseReason } from '../metrics/closed-connections.ts'
import type { Address } from '../util/addresses.ts'
import { codeOf } from '../util/errors.ts'
import { createConnections } from './connections.ts'
import { bind, CHECK_INTERVAL_MS, createHttpServer, DEFAULT_TIMEOUTS, maxConnections, type Timeouts } from './http-server.ts'
import { createSlowSenders } from './slow-senders.ts'
import { watchHandshakes } from './tls-handshakes.ts'

/** How long an idle connection stays open while the server stops. A request that is just arriving still gets an answer. */
const IDLE_GRACE_MS = 250
const RESPONSE_GRACE_MS = 2_700

/** A listening HTTP server. */
export interface Listener extends Address {
  readonly scheme: 'http' | 'https'
  /**
   * Shows another certificate to new connections. Does nothing on a listener without TLS. Whether clients need a certificate does not
   * change: a listener that started with an authority keeps that one where `tls` names none.
   */
  readonly setTls: (tls: Certificate) => void
  /** Refuses new connections, answers the requests in flight, and closes. */
  readonly close: () => Promise<void>
}

/** A fault that is found before a request reaches the application. */
export type HttpFault = Extract<Fault, { readonly _tag: 'BadRequest' | 'RequestTimeout' | 'HeadersTooLarge' | 'MethodNotAllowed' }>

/** The options of a listener. */
export interface ListenOptions {
  readonly tls?: Certificate
  /** Returns the answer to a request that does not reach the handler. */
  readonly refuse: (fault: HttpFault) => Answer
  /** Is called once for each connection that the server ended. */
  readonly onClosed?: (reason: CloseReason) => void
  /** The largest number of open connections. Default: 4 096, or fewer if the process may open few files. */
  readonly connections?: number
  readonly timeouts?: Partial<Timeouts>
}

/** Sends `100 Continue` when the application starts to read the body. A request that it refuses by the head is not asked for its body. */
const continueWhenRead = (req: IncomingMessage, res: ServerResponse): void => {
  const onListener = (event: string | symbol) => {
    if (event !== 'data' && event !== 'readable') return
    req.off('newListener', onListener)
    res.writeContinue()
  }
  req.on('newListener', onListener)
}

const sendAnswer = (res: ServerResponse, { status, headers, body }: Answer): void => {
  res.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body), connection: 'close' }).end(body)
}

/** Starts to listen. Throws an OperatorError that says what to do if the address cannot be used. */
export const listen = async (address: Address, handler: RequestListener, options: ListenOptions): Promise<Listener> => {
  const { tls, refuse, onClosed = () => {} } = options
  const timeouts = { ...DEFAULT_TIMEOUTS, ...options.timeouts }
  const server = createHttpServer(tls, timeouts)
  const connections = createConnections(timeouts.unread, onClosed)
  const slowSenders = createSlowSenders({
    intervalMs: CHECK_INTERVAL_MS,
    headersMs: timeouts.headers,
    requestMs: timeouts.request,
    progressOf: connections.progressOf,
    onSlow: (socket) => {
      // Bytes that arrive now come too late.
      socket.pause()
      connections.endWith(socket, 'request_timeout', () => refuse({ _tag: 'RequestTimeout' }))
    },
  })
  let closing = false

  const onRequest: RequestListener = (req, res) => {
    const lacksHost = req.httpVersion === '1.1' && req.headers.host === undefined
    if (!connections.addRequest(req, res, lacksHost ? 'bad_request' : undefined)) return
    if (lacksHost) return sendAnswer(res, refuse({ _tag: 'BadRequest' }))
    if (closing) res.setHeader('connection', 'close')
    handler(req, res)
  }
  server.on('request', onRequest)
  // RFC 9110 allows to ignore an unknown expectation.
  server.on('checkExpectation', onRequest)
  server.on('checkContinue', (req, res) => {
    continueWhenRead(req, res)
    onRequest(req, res)
  })
  server.on('connect', (_, socket) => connections.endWith(socket, 'bad_request', () => refuse({ _tag: 'MethodNotAllowed' })))

  server.maxConnections = options.connections ?? maxConnections()
  server.on('drop', () => onClosed('too_many_connections'))
  server.on('setSecureContext' in server ? 'secureConnection' : 'connection', connections.add)
  const handshakes = 'setSecureContext' in server ? watchHandshakes(server, onClosed) : undefined
  server.on('timeout', (socket) => {
    const { bytesRead } = socket
    // Timers run before Node reads what has arrived meanwhile.
    setImmediate(() => {
      if (socket.bytesRead === bytesRead && !connections.hasRequest(socket)) connections.destroy(socket, 'idle')
    })
  })
  server.on('clientError', (error, socket) => {
    const code = codeOf(error)
    if (code === 'ERR_HTTP_REQUEST_TIMEOUT') slowSenders.report(socket)
    else if (code === 'HPE_HEADER_OVERFLOW') connections.endWith(socket, 'headers_too_large', () => refuse({ _tag: 'HeadersTooLarge' }))
    else if (code.startsWith('HPE_')) connections.endWith(socket, 'bad_request', () => refuse({ _tag: 'BadRequest' }))
    else if (code.startsWith('ERR_SSL')) connections.destroy(socket, 'tls_error')
    // The connection is broken, unless its handshake is late.
    else if (!handshakes?.has(socket)) socket.destroy()
  })

  const port = await bind(server, address)
  return {
    host: address.host,
    port,
    scheme: tls ? 'https' : 'http',
    setTls: ({ ca = tls?.ca, ...pair }) => {
      // Without an authority, Node would take client certificates from every public one.
      const demandsCertificates = tls?.ca !== undefined
      if ('setSecureContext' in server) server.setSecureContext({ ...pair, ...(demandsCertificates && { ca }) })
    },
    close: async () => {
      closing = true
      connections.setClosing()
      handshakes?.setClosing()
      // The close method of an HTTP server ends idle connections at once, even while a request arrives on one.
      const closed = new Promise<void>((resolve) => NetServer.prototype.close.call(server, () => resolve()))
      const idle = setTimeout(() => server.closeIdleConnections(), IDLE_GRACE_MS)
      const all = setTimeout(() => {
        server.closeAllConnections()
        handshakes?.destroyAll()
      }, RESPONSE_GRACE_MS)
      await closed
      clearTimeout(idle)
      clearTimeout(all)
      connections.stop()
      slowSenders.stop()
      server.close()
    },
  }
}
