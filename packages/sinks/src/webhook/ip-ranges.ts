import ipaddr from 'ipaddr.js'
import { type IpAddress, type IpRange, parseIpRanges, rangesContain } from '../shared/ip-range.ts'

// Link-local addresses, and the metadata services that give credentials to cloud machines: AWS, Google, Alibaba, Oracle, Azure.
// No option allows them.
const NEVER_ALLOWED = parseIpRanges([
  '169.254.0.0/16',
  'fe80::/10',
  'fd00:ec2::254',
  'fd20:ce::254',
  '100.100.100.200',
  '192.0.0.192',
  '168.63.129.16',
])
const NAT64 = parseIpRanges(['64:ff9b::/96'])
const IPV4_COMPATIBLE = parseIpRanges(['::/96'])
// The other IPv6 ranges are not assigned.
const GLOBAL_UNICAST = parseIpRanges(['2000::/3'])

const ipv4From = (parts: readonly number[]): ipaddr.IPv4 => new ipaddr.IPv4(parts.flatMap((part) => [part >> 8, part & 0xff]))

const embedsIpv4 = (address: ipaddr.IPv6): boolean =>
  rangesContain(NAT64, address) ||
  (rangesContain(IPV4_COMPATIBLE, address) && address.range() !== 'loopback' && address.range() !== 'unspecified')

/** Returns the IPv4 address that an IPv6 address embeds, or the address itself. */
const embeddedIpv4Or = (address: IpAddress): IpAddress => {
  if (!(address instanceof ipaddr.IPv6)) return address
  if (address.isIPv4MappedAddress()) return address.toIPv4Address()
  if (embedsIpv4(address)) return ipv4From(address.parts.slice(6))
  return address.range() === '6to4' ? ipv4From(address.parts.slice(1, 3)) : address
}

const isPublic = (address: IpAddress): boolean =>
  address.range() === 'unicast' && (address.kind() === 'ipv4' || rangesContain(GLOBAL_UNICAST, address))

const RANGE_NAMES: Readonly<Record<string, string>> = {
  linkLocal: 'link-local',
  carrierGradeNat: 'carrier-grade NAT',
  uniqueLocal: 'private',
}

/**
 * Returns why requests to an address are blocked. Returns undefined if they are allowed. Public addresses and those in `allow` are
 * allowed. Link-local and metadata addresses are always blocked.
 */
export const explainBlockedAddress = (text: string, allow: readonly IpRange[]): string | undefined => {
  if (!ipaddr.isValid(text)) return `${text} is not an address`
  const given = ipaddr.parse(text.split('%')[0] ?? text)
  const address = embeddedIpv4Or(given)
  if (rangesContain(NEVER_ALLOWED, address) || rangesContain(NEVER_ALLOWED, given))
    return `${text} is a link-local or metadata address, which nothing opens`
  if (rangesContain(allow, address) || rangesContain(allow, given) || isPublic(address)) return undefined
  const range = address.range()
  return `${text} is a ${range === 'unicast' ? 'reserved' : (RANGE_NAMES[range] ?? range)} address, which only \`allow\` opens`
}
