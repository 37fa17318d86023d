import type { Socket } from 'node:net'
import { unlessAborted } from '../shared/race-abort.ts'
import { guardedConnector, type Resolve } from './guard.ts'
import { failureOf } from './response-policy.ts'

/**
 * Connects to a webhook's target as a delivery would, name, guard and TLS included, and sends nothing. Resolves with why it cannot
 * be reached, in plain words; undefined where it can.
 */
export const probeTarget = async (
  url: string,
  allow: readonly string[],
  signal: AbortSignal,
  resolve?: Resolve,
): Promise<string | undefined> => {
  const { protocol, hostname, port } = new URL(url)
  const life = new AbortController()
  const connect = guardedConnector(allow, resolve, life.signal)
  const connected = new Promise<Socket>((done, failed) =>
    connect({ protocol, hostname, port, servername: hostname }, (error, socket) => (socket ? done(socket) : failed(error))),
  )
  try {
    const socket = await unlessAborted(connected, signal)
    socket.destroy()
    return undefined
  } catch (error) {
    const failure = failureOf(error, signal)
    return failure instanceof Error ? failure.message : String(failure)
  } finally {
    life.abort()
  }
}
