import { isIP } from 'node:net'
import { parseIpRanges } from '../shared/ip-range.ts'
import { explainBlockedAddress } from './ip-ranges.ts'

/** A host name leads to a blocked address. The name may change, so the delivery is retried. */
export class BlockedTarget extends Error {}

/** Returns the host of a URL without the brackets of IPv6. */
export const withoutBrackets = (hostname: string): string => hostname.replace(/^\[|\]$/g, '')

/**
 * Returns why the address in a URL is blocked, in any spelling of the address. Returns undefined when it is allowed or when the host
 * is a name. Works offline.
 */
export const explainBlockedTarget = (url: string, allow: readonly string[] = []): string | undefined => {
  const host = URL.canParse(url) ? withoutBrackets(new URL(url).hostname) : ''
  const reason = isIP(host) === 0 ? undefined : explainBlockedAddress(host, parseIpRanges(allow))
  return reason === undefined ? undefined : `blocked_address: ${reason}`
}
