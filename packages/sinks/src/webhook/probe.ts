import type { Socket } from 'node:net'
import { raceAbort } from '../shared/race-abort.ts'
import { guardedConnector, type Resolve } from './guard.ts'
import { failureOf } from './response-policy.ts'

/**
 * Connects to the target of a webhook as a delivery does, with DNS, address check and TLS, and sends nothing. Resolves with the
 * reason when the target cannot be reached, else with undefined.
 */
export const probeTarget = async (
  url: string,
  allow: readonly string[],
  signal: AbortSignal,
  resolve?: Resolve,
): Promise<string | undefined> => {
  const { protocol, hostname, port } = new URL(url)
  const closing = new AbortController()
  const connect = guardedConnector(allow, resolve, closing.signal)
  const connected = new Promise<Socket>((fulfil, reject) =>
    connect({ protocol, hostname, port, servername: hostname }, (error, socket) => (socket ? fulfil(socket) : reject(error))),
  )
  try {
    const socket = await raceAbort(connected, signal)
    socket.destroy()
    return undefined
  } catch (error) {
    const failure = failureOf(error, signal)
    return failure instanceof Error ? failure.message : String(failure)
  } finally {
    closing.abort()
  }
}
