import { isIP } from 'node:net'
import { isLoopback, normalizeHost } from '../util/addresses.ts'

/** The names of a listener. */
export interface HostNames {
  /** The address that it listens on. */
  readonly host: string
  /** Its other names. */
  readonly hosts?: readonly string[]
}

/** Returns the name in a Host header. Returns undefined if the header is no host with an optional port. */
const nameOf = (header: string): string | undefined => {
  const [, name] = /^(\[[^\]]*\]|[^:[\]]+)(?::\d*)?$/.exec(header) ?? []
  return name === undefined ? undefined : normalizeHost(name)
}

/**
 * Returns a test whether a Host header names this listener. A web page that gets in by DNS rebinding sends the name of its own host.
 * A listener off loopback without `hosts` has unknown names, so the test admits every header there. With `hosts` it admits these names
 * and every IP address, because a rebound page never has an address for its name.
 */
export const createHostFilter = ({ host, hosts }: HostNames): ((header: string | undefined) => boolean) => {
  const local = isLoopback(host)
  if (!local && hosts === undefined) return () => true
  const names = new Set([host, ...(hosts ?? [])].map(normalizeHost))
  return (header) => {
    const name = nameOf(header ?? '')
    return name !== undefined && (names.has(name) || isLoopback(name) || (!local && isIP(name) !== 0))
  }
}
