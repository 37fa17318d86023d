import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { type PeerRefusal, sanitize } from '@callboard/core'
import { type IpRange, isInIpRanges, parseIpRanges } from '@callboard/sinks'

/** A refused address is logged, and its sender chose it. */
const MAX_LOGGED_CHARACTERS = 64

/** `203.0.113.5:51234`, `[2001:db8::5]` or `[2001:db8::5]:443`. */
const ADDRESS_WITH_PORT = /^(?:([\d.]+):\d{1,5}|\[([^[\]]*)\](?::\d{1,5})?)$/

const unquote = (text: string): string => (text.length > 1 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1).trim() : text)

/**
 * Returns the address in one entry of X-Forwarded-For, without quotes, brackets and port. Gateways write it in all of these forms, and
 * some as in the header Forwarded: `for="[2001:db8::5]:443";proto=https`.
 */
const addressIn = (entry: string): string => {
  const [first = ''] = entry.split(';')
  const bare = unquote(first.trim().replace(/^for=/i, ''))
  const [, ipv4, ipv6] = ADDRESS_WITH_PORT.exec(bare) ?? []
  return ipv4 ?? ipv6 ?? bare
}

const isAddress = (text: string): boolean => isIP(text.replace(/%.*$/, '')) !== 0

const forwardedFor = ({ headers }: IncomingMessage): readonly string[] => {
  const header = headers['x-forwarded-for']
  return header === undefined ? [] : String(header).split(',').map(addressIn)
}

/** Returns the sender's address: the socket's, or the last forwarded hop that is not one of our proxies. Senders can forge earlier hops. */
const senderAddress = (req: IncomingMessage, proxies: readonly IpRange[]): string => {
  const peer = req.socket.remoteAddress ?? ''
  if (!isInIpRanges(peer, proxies)) return peer
  const hops = forwardedFor(req)
  return hops.findLast((hop) => !isInIpRanges(hop, proxies)) ?? hops[0] ?? peer
}

const refusal = (address: string): PeerRefusal => ({
  reason: isAddress(address) ? 'address' : 'unreadable_forwarded_for',
  address: sanitize(address.slice(0, MAX_LOGGED_CHARACTERS)),
})

/** Returns a test whether a request comes from an allowed address. It returns true or a refusal. Without `allow` every address passes. */
export const createIpFilter = (
  allow: readonly string[] | undefined,
  proxies: readonly string[] = [],
): ((req: IncomingMessage) => true | PeerRefusal) => {
  if (allow === undefined) return () => true
  const allowed = parseIpRanges(allow)
  const trusted = parseIpRanges(proxies)
  return (req) => {
    const address = senderAddress(req, trusted)
    return isInIpRanges(address, allowed) || refusal(address)
  }
}
