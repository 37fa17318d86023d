import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

/** A parsed IPv4 or IPv6 address. */
export type IpAddress = ipaddr.IPv4 | ipaddr.IPv6

/** A range of addresses: a network and the number of its leading bits. */
export interface IpRange {
  readonly network: IpAddress
  readonly bits: number
}

const ADDRESS_BITS: Readonly<Record<number, number>> = { 4: 32, 6: 128 }
const BITS = /^(0|[1-9]\d{0,2})$/

/**
 * Parses an address or a CIDR range, such as `10.0.0.0/8`. Returns undefined for every other text. IPv4 takes four decimal parts
 * without leading zeros, because `010.0.0.0` is octal for some programs and decimal for others. IPv6 takes no zone.
 */
export const parseIpRange = (text: string): IpRange | undefined => {
  const [address = '', bits, ...rest] = text.split('/')
  const maxBits = ADDRESS_BITS[isIP(address)]
  if (maxBits === undefined || address.includes('%') || rest.length > 0 || !ipaddr.isValid(address)) return undefined
  if (bits !== undefined && (!BITS.test(bits) || Number(bits) > maxBits)) return undefined
  return { network: ipaddr.parse(address), bits: bits === undefined ? maxBits : Number(bits) }
}

/** Parses each text. Leaves out what is not a range. */
export const parseIpRanges = (texts: readonly string[]): readonly IpRange[] =>
  texts.map(parseIpRange).filter((range) => range !== undefined)

/** Returns whether one of the ranges contains this parsed address. An IPv4 range contains no IPv6 address. */
export const rangesContain = (ranges: readonly IpRange[], address: IpAddress): boolean =>
  ranges.some(({ network, bits }) => address.kind() === network.kind() && address.match(network, bits))

/**
 * Returns whether one of the ranges contains the address in this text. An IPv4-mapped address, such as `::ffff:10.0.0.1`, also matches
 * as IPv4. Returns false for a text that is not an address.
 */
export const isInIpRanges = (text: string, ranges: readonly IpRange[]): boolean => {
  const [bare = ''] = text.split('%')
  if (isIP(bare) === 0 || !ipaddr.isValid(bare)) return false
  const address = ipaddr.parse(bare)
  const isMapped = address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress()
  return rangesContain(ranges, address) || (isMapped && rangesContain(ranges, address.toIPv4Address()))
}
