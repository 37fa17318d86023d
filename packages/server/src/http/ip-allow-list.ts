import type { IncomingMessage } from 'node:http'
import { BlockList, isIPv6 } from 'node:net'

const listOf = (ranges: readonly string[]): BlockList => {
  const list = new BlockList()
  for (const range of ranges) {
    const [address = '', bits] = range.split('/')
    const family = isIPv6(address) ? 'ipv6' : 'ipv4'
    if (bits === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(bits), family)
  }
  return list
}

const contains = (list: BlockList, address: string): boolean => list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')

const forwardedFor = (req: IncomingMessage): readonly string[] =>
  String(req.headers['x-forwarded-for'] ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')

/** The peer's address: the socket's, or what our own proxies say about the hop before them. Nobody else's word counts. */
const addressOf = (req: IncomingMessage, proxies: BlockList): string => {
  const hops = [...forwardedFor(req), req.socket.remoteAddress ?? '']
  return hops.findLast((hop) => !contains(proxies, hop)) ?? hops[0] ?? ''
}

/** May this peer send callbacks? Everyone may where no `allow` is configured. */
export const createIpFilter = (
  allow: readonly string[] | undefined,
  proxies: readonly string[] = [],
): ((req: IncomingMessage) => boolean) => {
  if (allow === undefined) return () => true
  const allowed = listOf(allow)
  const ours = listOf(proxies)
  return (req) => contains(allowed, addressOf(req, ours))
}
