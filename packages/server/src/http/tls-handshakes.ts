import type { Server as SecureServer } from 'node:https'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { CloseReason } from '../metrics/closed-connections.ts'
import { codeOf } from '../util/errors.ts'

/** The handshakes of a TLS server. */
export interface Handshakes {
  /** Returns whether the handshake of this socket is not over. */
  readonly has: (socket: Duplex) => boolean
  /** From now on, handshakes end because the server stops. */
  readonly setClosing: () => void
  /** Ends the connections of all handshakes. */
  readonly destroyAll: () => void
}

/** A handshake that is late gets this time more. Timers run before Node reads what arrived while the event loop was blocked. */
const GRACE_MS = 1_000

const reasonOf = (error: Error, isUncertified: boolean): CloseReason | undefined => {
  const code = codeOf(error)
  if (isUncertified || code === 'ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE') return 'client_certificate'
  return code === 'ECONNRESET' ? undefined : 'tls_error'
}

/** Counts the handshakes that fail, and ends those that take too long. */
export const watchHandshakes = (server: SecureServer, onClosed: (reason: CloseReason) => void): Handshakes => {
  const late = new Set<Duplex>()
  const sockets = new Set<Socket>()
  let isClosing = false
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  server.on('secureConnection', (socket) => late.delete(socket))
  // Before the listener of Node, which turns this event into `clientError`.
  server.prependListener('tlsClientError', (error, socket) => {
    if (codeOf(error) === 'ERR_TLS_HANDSHAKE_TIMEOUT') {
      late.add(socket)
      socket.once('close', () => late.delete(socket))
      setTimeout(() => {
        if (!late.has(socket)) return
        onClosed('tls_timeout')
        socket.destroy()
      }, GRACE_MS).unref()
      return
    }
    // Node reports a client that left in the same way as a connection that this process ended.
    const reason = reasonOf(error, Boolean(socket.authorizationError)) ?? (isClosing ? 'shutdown' : undefined)
    if (reason !== undefined) onClosed(reason)
  })
  return {
    has: (socket) => late.has(socket),
    setClosing: () => {
      isClosing = true
    },
    destroyAll: () => {
      for (const socket of sockets) socket.destroy()
    },
  }
}
