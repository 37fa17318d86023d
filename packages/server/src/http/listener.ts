import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { type AddressInfo, Server as NetServer } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Answer } from '@callboard/core'
import type { Certificate } from '../config/service.ts'
import type { Address } from '../util/addresses.ts'
import { codeOf } from '../util/errors.ts'
import { OperatorError } from '../util/operator-error.ts'

// The vendor reuses connections, so ours must stay idle for longer than its own. Slow senders must not hold them.
const SERVER_TIMEOUTS_MS = { keepAliveTimeout: 75_000, headersTimeout: 5_000, requestTimeout: 10_000, connectionsCheckingInterval: 100 }
/** Each connection costs memory and a file descriptor, so the server refuses further ones. */
const MAX_CONNECTIONS = 4_096
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

/** Returns the answer to a request that Node's HTTP parser rejected. */
export type AnswerParserError = (error: Error & { readonly code?: string }) => Answer

const reasonPhrases: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
}

const writeRaw = (socket: Duplex, { status, headers, body }: Answer) => {
  const lines = [
    `HTTP/1.1 ${status} ${reasonPhrases[status] ?? 'Error'}`,
    ...Object.entries({ ...headers, 'content-length': Buffer.byteLength(body), connection: 'close' }).map(
      ([name, value]) => `${name}: ${value}`,
    ),
  ]
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`)
}

const start = (server: NetServer, { host, port }: Address): Promise<AddressInfo> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      const address = server.address()
      if (typeof address === 'object' && address !== null) resolve(address)
      else reject(new Error('no address'))
    })
  })

const listenErrors: Readonly<Record<string, (address: Address) => OperatorError>> = {
  EADDRINUSE: ({ host, port }) =>
    new OperatorError(
      'unavailable',
      `port ${port} on ${host} is taken: stop what listens there, or choose another port in the configuration`,
    ),
  EADDRNOTAVAIL: ({ host }) =>
    new OperatorError('unavailable', `this machine has no address ${host}: choose another host in the configuration`),
  EACCES: ({ port }) =>
    new OperatorError(
      'noPermission',
      `no permission to listen on port ${port}: choose a port above 1023, or give the process the permission`,
    ),
}

/** Starts to listen. Throws an OperatorError that says what to do if the address cannot be used. */
export const listen = async (
  address: Address,
  handler: RequestListener,
  options: {
    readonly tls?: Certificate
    readonly answerParserError?: AnswerParserError
    /** The largest number of open connections; default 4 096. */
    readonly connections?: number
  } = {},
): Promise<Listener> => {
  let closing = false
  const onRequest: RequestListener = (req, res) => {
    if (closing) res.setHeader('connection', 'close')
    handler(req, res)
  }
  const secure =
    options.tls && createSecureServer({ ...SERVER_TIMEOUTS_MS, ...options.tls, requestCert: options.tls.ca !== undefined }, onRequest)
  const server: Server = secure ?? createServer(SERVER_TIMEOUTS_MS, onRequest)
  server.maxConnections = options.connections ?? MAX_CONNECTIONS
  const { answerParserError } = options
  if (answerParserError) {
    server.on('clientError', (error: Error, socket) => {
      if (!socket.writable || codeOf(error) === 'ECONNRESET') return socket.destroy()
      return writeRaw(socket, answerParserError(error))
    })
  }
  const { port } = await start(server, address).catch((error: unknown) => {
    throw listenErrors[codeOf(error)]?.(address) ?? error
  })
  return {
    host: address.host,
    port,
    scheme: secure ? 'https' : 'http',
    setTls: ({ ca = options.tls?.ca, ...pair }) => {
      // Without an authority, Node would take client certificates from every public one.
      const demandsCertificates = options.tls?.ca !== undefined
      secure?.setSecureContext({ ...pair, ...(demandsCertificates && { ca }) })
    },
    close: async () => {
      closing = true
      // The close method of an HTTP server ends idle connections at once, even while a request arrives on one.
      const closed = new Promise<void>((resolve) => NetServer.prototype.close.call(server, () => resolve()))
      const idle = setTimeout(() => server.closeIdleConnections(), IDLE_GRACE_MS)
      const all = setTimeout(() => server.closeAllConnections(), RESPONSE_GRACE_MS)
      await closed
      clearTimeout(idle)
      clearTimeout(all)
      server.close()
    },
  }
}
