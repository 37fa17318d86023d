import { createHmac } from 'node:crypto'

const PREFIX = 'whsec_'
const SHORTEST = 24
const LONGEST = 64

/** The key of a Standard Webhooks secret (`whsec_` and base64 of 24 to 64 bytes); undefined where it is none. */
export const keyOf = (secret: string): Buffer | undefined => {
  const encoded = secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : undefined
  if (encoded === undefined || !/^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) return undefined
  const key = Buffer.from(encoded, 'base64')
  return key.length >= SHORTEST && key.length <= LONGEST ? key : undefined
}

/** The three headers of Standard Webhooks 1.0. One signature for each key, so that receivers can rotate theirs. `at`: Unix seconds. */
export const signatureHeaders = (keys: readonly Buffer[], id: string, at: number, body: Uint8Array): Readonly<Record<string, string>> => {
  const signed = keys.map((key) => `v1,${createHmac('sha256', key).update(`${id}.${at}.`).update(body).digest('base64')}`)
  return { 'webhook-id': id, 'webhook-timestamp': String(at), ...(signed.length > 0 && { 'webhook-signature': signed.join(' ') }) }
}
