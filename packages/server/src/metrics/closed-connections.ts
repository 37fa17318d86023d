import { Counter, type Registry } from 'prom-client'

/** Why the server ended a connection. The README explains each reason. */
export const closeReasons = [
  'request_timeout',
  'bad_request',
  'headers_too_large',
  'idle',
  'slow_reader',
  'too_many_connections',
  'client_certificate',
  'tls_error',
  'tls_timeout',
  'answered',
  'shutdown',
  'other',
] as const
/** Why the server ended a connection. */
export type CloseReason = (typeof closeReasons)[number]

/** The listeners of a server. */
export type ListenerName = 'callback' | 'admin'

/** Returns a function that counts a connection which the server ended. */
export const createClosedCounter = (registry: Registry): ((listener: ListenerName, reason: CloseReason) => void) => {
  const closed = new Counter({
    name: 'callboard_connections_closed_total',
    help: 'Connections that this server ended, by listener and reason. Connections that the client ended are not counted.',
    labelNames: ['listener', 'reason'],
    registers: [registry],
  })
  return (listener, reason) => closed.inc({ listener, reason })
}
