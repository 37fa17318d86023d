import { isIP } from 'node:net'

/** A host and a TCP port. */
export interface Address {
  readonly host: string
  readonly port: number
}

/** Returns whether only this machine can reach the host. */
export const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))

/** Returns the URL of an address. Puts an IPv6 host in brackets. */
export const urlOf = (scheme: string, { host, port }: Address, path = ''): string =>
  `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}${path}`
