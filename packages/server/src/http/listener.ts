import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { type AddressInfo, Server as NetServer, type Socket } from 'node:net'
import type { Answer } from '@callboard/core'
import { OperatorError } from '../util/operator-error.ts'

// The vendor keeps its connections open: ours must outlive its idle ones, and slow senders must not hold them.
const SERVER_TIMEOUTS_MS = { keepAliveTimeout: 75_000, headersTimeout: 5_000, requestTimeout: 10_000, connectionsCheckingInterval: 100 }
/** A sender beyond these is turned away at the door: each connection costs memory and a file descriptor, genuine or not. */
const MAX_CONNECTIONS = 4_096
/** How long a connection may stay idle once we are stopping, so that a request that is under way still finds an answer. */
const IDLE_GRACE_MS = 250
const RESPONSE_GRACE_MS = 2_700

/** A certificate and its key, PEM. */
export interface Tls {
  readonly cert: Buffer
  readonly key: Buffer
}

export interface Address {
  readonly host: string
  readonly port: number
}
/** A listening HTTP server. */
export interface Listener extends Address {
  readonly scheme: 'http' | 'https'
  /** Shows this certificate to connections that come later; only where there was one before. */
  readonly setTls: (tls: Tls) => void
  /** Takes no new connections, answers what is under way, and closes. */
  readonly close: () => Promise<void>
}

/** Requests that Node's parser refused, answered as JSON. */
export type ParserAnswers = (error: Error & { readonly code?: string }) => Answer

const reasonPhrases: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
}

const writeRaw = (socket: Socket, { status, headers, body }: Answer) => {
  const lines = [
    `HTTP/1.1 ${status} ${reasonPhrases[status] ?? 'Error'}`,
    ...Object.entries({ ...headers, 'content-length': Buffer.byteLength(body), connection: 'close' }).map(
      ([name, value]) => `${name}: ${value}`,
    ),
  ]
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`)
}

/** A bracketed literal where the host is IPv6. */
export const urlOf = (scheme: string, { host, port }: Address, path = ''): string =>
  `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}${path}`

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

const refusals: Readonly<Record<string, (at: Address) => OperatorError>> = {
  EADDRINUSE: ({ host, port }) =>
    new OperatorError(
      'unavailable',
      `port ${port} on ${host} is taken: stop what listens there, or choose another port in the configuration`,
    ),
  EADDRNOTAVAIL: ({ host }) =>
    new OperatorError('unavailable', `this machine has no address ${host}: choose another host in the configuration`),
  EACCES: ({ port }) =>
    new OperatorError('noPermission', `not allowed to listen on port ${port}: choose one above 1023, or give the process the right to`),
}

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '')

/** Starts to listen. An OperatorError says what to do when that is not possible. */
export const listen = async (
  at: Address,
  handler: RequestListener,
  options: {
    readonly tls?: Tls
    readonly parserAnswers?: ParserAnswers
    /** Connections at a time; default 4 096. */
    readonly connections?: number
  } = {},
): Promise<Listener> => {
  let draining = false
  const onRequest: RequestListener = (req, res) => {
    if (draining) res.setHeader('connection', 'close')
    handler(req, res)
  }
  const secure = options.tls && createSecureServer({ ...SERVER_TIMEOUTS_MS, ...options.tls }, onRequest)
  const server: Server = secure ?? createServer(SERVER_TIMEOUTS_MS, onRequest)
  server.maxConnections = options.connections ?? MAX_CONNECTIONS
  const { parserAnswers } = options
  if (parserAnswers) {
    server.on('clientError', (error: Error, socket) => {
      if (!socket.writable || codeOf(error) === 'ECONNRESET') return socket.destroy()
      return writeRaw(socket as Socket, parserAnswers(error))
    })
  }
  const { port } = await start(server, at).catch((error: unknown) => {
    throw refusals[codeOf(error)]?.(at) ?? error
  })
  return {
    host: at.host,
    port,
    scheme: secure ? 'https' : 'http',
    setTls: (tls) => secure?.setSecureContext(tls),
    close: async () => {
      draining = true
      // The server's own close would cut idle connections at once, also those on which a request is just arriving.
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
