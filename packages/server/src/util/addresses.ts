import { BlockList, isIP } from 'node:net'

/** A host and a TCP port. */
export interface Address {
  readonly host: string
  readonly port: number
}

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

/** Returns a host name in lower case and without the dot at its end. Takes the brackets off an IPv6 address. */
export const normalizeHost = (host: string): string =>
  host
    .toLowerCase()
    .replace(/\.$/, '')
    .replace(/^\[(.*)\]$/, '$1')

/** Returns whether only this machine can reach the host, in any spelling of a loopback address. */
export const isLoopback = (host: string): boolean => {
  const name = normalizeHost(host)
  const version = isIP(name)
  return version === 0 ? name === 'localhost' : loopback.check(name, version === 4 ? 'ipv4' : 'ipv6')
}

/** Returns the URL of an address. Puts an IPv6 host in brackets. */
export const urlOf = (scheme: string, { host, port }: Address, path = ''): string =>
  `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}${path}`
