import ipaddr from 'ipaddr.js'

type Address = ipaddr.IPv4 | ipaddr.IPv6
/** A network and the number of its leading bits. */
export type Range = readonly [Address, number]

/** Reads `10.0.0.0/8`, or an address alone; undefined where it is neither. */
export const rangeOf = (text: string): Range | undefined => {
  try {
    if (text.includes('/')) return ipaddr.parseCIDR(text)
    const address = ipaddr.parse(text)
    return [address, address.kind() === 'ipv4' ? 32 : 128]
  } catch {
    return undefined
  }
}

/** The ranges among these texts. */
export const rangesOf = (texts: readonly string[]): readonly Range[] => texts.map(rangeOf).filter((range) => range !== undefined)

// Link-local addresses, and where machines in clouds ask for their credentials: AWS, Google, Alibaba, Oracle, Azure. No option opens these.
const NEVER = rangesOf(['169.254.0.0/16', 'fe80::/10', 'fd00:ec2::254', 'fd20:ce::254', '100.100.100.200', '192.0.0.192', '168.63.129.16'])
const NAT64 = rangesOf(['64:ff9b::/96'])
const IPV4_COMPATIBLE = rangesOf(['::/96'])
// The rest of IPv6 has not been given to anyone.
const GLOBAL_UNICAST = rangesOf(['2000::/3'])

const within = (address: Address, ranges: readonly Range[]): boolean =>
  ranges.some(([network, bits]) => address.kind() === network.kind() && address.match(network, bits))

const v4From = (parts: readonly number[]): ipaddr.IPv4 => new ipaddr.IPv4(parts.flatMap((part) => [part >> 8, part & 0xff]))

const standsForV4 = (address: ipaddr.IPv6): boolean =>
  within(address, NAT64) || (within(address, IPV4_COMPATIBLE) && address.range() !== 'loopback' && address.range() !== 'unspecified')

/** An IPv6 address that stands for an IPv4 one is judged as that. */
const unwrapped = (address: Address): Address => {
  if (!(address instanceof ipaddr.IPv6)) return address
  if (address.isIPv4MappedAddress()) return address.toIPv4Address()
  if (standsForV4(address)) return v4From(address.parts.slice(6))
  return address.range() === '6to4' ? v4From(address.parts.slice(1, 3)) : address
}

const isPublic = (address: Address): boolean =>
  address.range() === 'unicast' && (address.kind() === 'ipv4' || within(address, GLOBAL_UNICAST))

const WORDS: Readonly<Record<string, string>> = { linkLocal: 'link-local', carrierGradeNat: 'carrier-grade NAT', uniqueLocal: 'private' }

/**
 * Why this address may not be reached; undefined where it may. Public ones may, and those in `allow`; link-local and metadata
 * addresses are not opened by `allow` either.
 */
export const refusal = (text: string, allow: readonly Range[]): string | undefined => {
  if (!ipaddr.isValid(text)) return `${text} is not an address`
  const given = ipaddr.parse(text.split('%')[0] ?? text)
  const address = unwrapped(given)
  if (within(address, NEVER) || within(given, NEVER)) return `${text} is a link-local or metadata address, which nothing opens`
  if (within(address, allow) || within(given, allow) || isPublic(address)) return undefined
  const range = address.range()
  return `${text} is a ${range === 'unicast' ? 'reserved' : (WORDS[range] ?? range)} address, which only \`allow\` opens`
}
