import { isIP } from 'node:net'

/** Is this host reached from this machine only? */
export const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
