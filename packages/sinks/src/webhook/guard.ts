import { type LookupAddress, lookup as systemLookup } from 'node:dns'
import { isIP, type LookupFunction, Socket } from 'node:net'
import { addAbortSignal } from 'node:stream'
import { giveUp } from '@callboard/core'
import { buildConnector } from 'undici'
import { parseIpRanges } from '../shared/ip-range.ts'
import { Blocked, bare } from './blocked-target.ts'
import { refusal } from './ip-ranges.ts'

/** Finds the addresses of a name. */
export type Resolve = (hostname: string) => Promise<readonly LookupAddress[]>

const resolveName: Resolve = (hostname) =>
  new Promise((resolve, reject) =>
    systemLookup(hostname, { all: true }, (error, addresses) => (error ? reject(error) : resolve(addresses))),
  )

/**
 * A connector that reaches only allowed addresses. What is checked is what is connected to, so a name cannot change in between.
 * Whatever is connected, or about to be, ends with `life`.
 */
export const guardedConnector = (
  allow: readonly string[],
  resolve: Resolve = resolveName,
  life?: AbortSignal,
): buildConnector.connector => {
  const ranges = parseIpRanges(allow)
  const lookup: LookupFunction = (hostname, options, callback) => {
    resolve(hostname).then(
      (addresses) => {
        // One refused answer is enough: an honest name has none.
        const refused = addresses.map(({ address }) => refusal(address, ranges)).find((why) => why !== undefined)
        const [first] = addresses
        if (refused !== undefined) return callback(new Blocked(`blocked_address: behind ${hostname}, ${refused}`), '')
        if (!first) return callback(Object.assign(new Error(`${hostname} has no address`), { code: 'ENODATA' }), '')
        return options.all ? callback(null, [...addresses]) : callback(null, first.address, first.family)
      },
      (error: NodeJS.ErrnoException) => callback(error, ''),
    )
  }
  const connect = buildConnector({ lookup })
  return (options, callback) => {
    const host = bare(options.hostname)
    // The lookup is not asked about addresses.
    if (isIP(host) !== 0 && refusal(host, ranges) !== undefined) return callback(giveUp('blocked_address'), null)
    // It gives the socket, though its type does not say so; a signal among its options would not reach a TLS handshake.
    const socket: unknown = connect(options, callback)
    if (life && socket instanceof Socket) addAbortSignal(life, socket)
  }
}
