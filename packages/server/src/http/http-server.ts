import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { createServer as createSecureServer, type Server as SecureServer } from 'node:https'
import type { Server as NetServer } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Certificate } from '../config/service.ts'
import type { Address } from '../util/addresses.ts'
import { codeOf } from '../util/errors.ts'
import { OperatorError } from '../util/operator-error.ts'

/** The time limits of a listener, in milliseconds. */
export interface Timeouts {
  /** For the head of a request from its first byte. For the first request, from the start of the connection. */
  readonly headers: number
  /** For a whole request. */
  readonly request: number
  /** Between two requests. */
  readonly keepAlive: number
  readonly tlsHandshake: number
  /** For a client to read something of its answers. */
  readonly unread: number
}

// The vendor reuses connections, so ours must stay idle for longer than its own. Slow senders must not hold them.
export const DEFAULT_TIMEOUTS: Timeouts = { headers: 5_000, request: 10_000, keepAlive: 75_000, tlsHandshake: 5_000, unread: 10_000 }
/** How often Node looks for requests that are too slow. */
export const CHECK_INTERVAL_MS = 100
/** Each connection costs memory and a file descriptor, so the server refuses further ones. */
const MAX_CONNECTIONS = 4_096
const MIN_CONNECTIONS = 32
/** The files that the journal, the sinks and the admin listener need. */
const RESERVED_FILES = 160

/**
 * Returns how many connections the limit of open files leaves room for, at most 4 096. Beyond that limit the system ends connections that
 * the server never sees, and the journal cannot open its files.
 */
export const maxConnections = (): number => {
  try {
    const [, files] = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? []
    return files === undefined ? MAX_CONNECTIONS : Math.min(MAX_CONNECTIONS, Math.max(MIN_CONNECTIONS, Number(files) - RESERVED_FILES))
  } catch {
    return MAX_CONNECTIONS
  }
}

/** Creates a server that leaves every answer to its listeners. With `tls` it speaks HTTPS. */
export const createHttpServer = (
  tls: Certificate | undefined,
  { headers, request, keepAlive, tlsHandshake }: Timeouts,
): Server | SecureServer => {
  const settings = {
    headersTimeout: headers,
    requestTimeout: request,
    keepAliveTimeout: keepAlive,
    connectionsCheckingInterval: CHECK_INTERVAL_MS,
    // Node would answer by itself, and not in the vendor's format.
    requireHostHeader: false,
  }
  const server = tls
    ? createSecureServer({ ...settings, ...tls, requestCert: tls.ca !== undefined, handshakeTimeout: tlsHandshake })
    : createServer(settings)
  // A client may end its side after its request, and still waits for the answer. A client that ends in its handshake waits for nothing.
  if (tls) server.prependListener('secureConnection', (socket: Duplex) => Object.assign(socket, { allowHalfOpen: true }))
  return Object.assign(server, { httpAllowHalfOpen: true })
}

const bindErrors: Readonly<Record<string, (address: Address) => OperatorError>> = {
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

/** Starts to listen and returns the port. Throws an OperatorError that says what to do if the address cannot be used. */
export const bind = (server: NetServer, address: Address): Promise<number> =>
  new Promise((resolve, reject) => {
    const fail = (error: Error) => reject(bindErrors[codeOf(error)]?.(address) ?? error)
    server.once('error', fail)
    server.listen(address.port, address.host, () => {
      server.off('error', fail)
      const bound = server.address()
      if (typeof bound === 'object' && bound !== null) resolve(bound.port)
      else reject(new Error('no address'))
    })
  })
