import { type LookupAddress, lookup as systemLookup } from 'node:dns'
import { isIP, type LookupFunction, Socket } from 'node:net'
import { addAbortSignal } from 'node:stream'
import { giveUp } from '@callboard/core'
import { buildConnector } from 'undici'
import { parseIpRanges } from '../shared/ip-range.ts'
import { BlockedTarget, withoutBrackets } from './blocked-target.ts'
import { skipContinue } from './interim-responses.ts'
import { explainBlockedAddress } from './ip-ranges.ts'

/** Finds the addresses of a host name. */
export type Resolve = (hostname: string) => Promise<readonly LookupAddress[]>

const resolveName: Resolve = (hostname) =>
  new Promise((resolve, reject) =>
    systemLookup(hostname, { all: true }, (error, addresses) => (error ? reject(error) : resolve(addresses))),
  )

/**
 * Returns a connector that reaches only allowed addresses. It connects to the address that it checked, so a host name cannot change
 * in between. `closing` ends all open and pending connections.
 */
export const guardedConnector = (
  allow: readonly string[],
  resolve: Resolve = resolveName,
  closing?: AbortSignal,
): buildConnector.connector => {
  const ranges = parseIpRanges(allow)
  const lookup: LookupFunction = (hostname, options, callback) => {
    resolve(hostname).then(
      (addresses) => {
        // One blocked address blocks the name: an honest name has none.
        const blocked = addresses.map(({ address }) => explainBlockedAddress(address, ranges)).find((reason) => reason !== undefined)
        const [first] = addresses
        if (blocked !== undefined) return callback(new BlockedTarget(`blocked_address: behind ${hostname}, ${blocked}`), '')
        if (!first) return callback(Object.assign(new Error(`${hostname} has no address`), { code: 'ENODATA' }), '')
        return options.all ? callback(null, [...addresses]) : callback(null, first.address, first.family)
      },
      (error: NodeJS.ErrnoException) => callback(error, ''),
    )
  }
  const connect = buildConnector({ lookup })
  return (options, callback) => {
    const host = withoutBrackets(options.hostname)
    // Node does not call `lookup` for an address.
    if (isIP(host) !== 0 && explainBlockedAddress(host, ranges) !== undefined) return callback(giveUp('blocked_address'), null)
    // The connector returns the socket, though its type does not say so. Its own `signal` option would not end a TLS handshake.
    const socket: unknown = connect(options, (...result) => {
      const [, connected] = result
      if (connected) skipContinue(connected)
      callback(...result)
    })
    if (closing && socket instanceof Socket) addAbortSignal(closing, socket)
  }
}
