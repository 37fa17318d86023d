import { isIP } from 'node:net'

const BITS: Readonly<Record<number, number>> = { 4: 32, 6: 128 }

/** Is this an address, or a range of addresses such as `10.0.0.0/8`? */
export const isRange = (text: string): boolean => {
  const [address = '', bits, ...more] = text.split('/')
  const most = BITS[isIP(address)]
  if (most === undefined || address.includes('%') || more.length > 0) return false
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most)
}
