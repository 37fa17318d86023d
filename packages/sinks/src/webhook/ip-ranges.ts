import ipaddr from 'ipaddr.js'
import { type IpAddress, type IpRange, parseIpRanges, rangesContain } from '../shared/ip-range.ts'

// Link-local addresses, and where machines in clouds ask for their credentials: AWS, Google, Alibaba, Oracle, Azure. No option opens these.
const NEVER = parseIpRanges([
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
// The rest of IPv6 has not been given to anyone.
const GLOBAL_UNICAST = parseIpRanges(['2000::/3'])

const v4From = (parts: readonly number[]): ipaddr.IPv4 => new ipaddr.IPv4(parts.flatMap((part) => [part >> 8, part & 0xff]))

const standsForV4 = (address: ipaddr.IPv6): boolean =>
  rangesContain(NAT64, address) ||
  (rangesContain(IPV4_COMPATIBLE, address) && address.range() !== 'loopback' && address.range() !== 'unspecified')

/** An IPv6 address that stands for an IPv4 one is judged as that. */
const unwrapped = (address: IpAddress): IpAddress => {
  if (!(address instanceof ipaddr.IPv6)) return address
  if (address.isIPv4MappedAddress()) return address.toIPv4Address()
  if (standsForV4(address)) return v4From(address.parts.slice(6))
  return address.range() === '6to4' ? v4From(address.parts.slice(1, 3)) : address
}

const isPublic = (address: IpAddress): boolean =>
  address.range() === 'unicast' && (address.kind() === 'ipv4' || rangesContain(GLOBAL_UNICAST, address))

const WORDS: Readonly<Record<string, string>> = { linkLocal: 'link-local', carrierGradeNat: 'carrier-grade NAT', uniqueLocal: 'private' }

/**
 * Why this address may not be reached; undefined where it may. Public ones may, and those in `allow`; link-local and metadata
 * addresses are not opened by `allow` either.
 */
export const refusal = (text: string, allow: readonly IpRange[]): string | undefined => {
  if (!ipaddr.isValid(text)) return `${text} is not an address`
  const given = ipaddr.parse(text.split('%')[0] ?? text)
  const address = unwrapped(given)
  if (rangesContain(NEVER, address) || rangesContain(NEVER, given))
    return `${text} is a link-local or metadata address, which nothing opens`
  if (rangesContain(allow, address) || rangesContain(allow, given) || isPublic(address)) return undefined
  const range = address.range()
  return `${text} is a ${range === 'unicast' ? 'reserved' : (WORDS[range] ?? range)} address, which only \`allow\` opens`
}
