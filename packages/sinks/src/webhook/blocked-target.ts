import { isIP } from 'node:net'
import { parseIpRanges } from '../shared/ip-range.ts'
import { refusal } from './ip-ranges.ts'

/** A name leads to an address that is refused. Names change, so it is tried again. */
export class Blocked extends Error {}

/** The host of a URL without the brackets of IPv6. */
export const bare = (hostname: string): string => hostname.replace(/^\[|\]$/g, '')

/**
 * Why a URL may not be called, if its host is an address (in whatever spelling) that is refused; undefined where it may, or where
 * only the name service can tell. Works offline.
 */
export const explainBlockedTarget = (url: string, allow: readonly string[] = []): string | undefined => {
  const host = URL.canParse(url) ? bare(new URL(url).hostname) : ''
  const why = isIP(host) === 0 ? undefined : refusal(host, parseIpRanges(allow))
  return why === undefined ? undefined : `blocked_address: ${why}`
}
