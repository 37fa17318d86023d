import type { IncomingMessage } from 'node:http'
import { type IpRange, isInIpRanges, parseIpRanges } from '@callboard/sinks'

const forwardedFor = (req: IncomingMessage): readonly string[] =>
  String(req.headers['x-forwarded-for'] ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')

/** Returns the sender's address: the socket's, or the last forwarded hop that is not one of our proxies. Senders can forge earlier hops. */
const senderAddress = (req: IncomingMessage, proxies: readonly IpRange[]): string => {
  const hops = [...forwardedFor(req), req.socket.remoteAddress ?? '']
  return hops.findLast((hop) => !isInIpRanges(hop, proxies)) ?? hops[0] ?? ''
}

/** Returns a test whether a request comes from an allowed address. Without `allow` every address passes. */
export const createIpFilter = (
  allow: readonly string[] | undefined,
  proxies: readonly string[] = [],
): ((req: IncomingMessage) => boolean) => {
  if (allow === undefined) return () => true
  const allowed = parseIpRanges(allow)
  const trusted = parseIpRanges(proxies)
  return (req) => isInIpRanges(senderAddress(req, trusted), allowed)
}
