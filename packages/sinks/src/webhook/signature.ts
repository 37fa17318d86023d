import { createHmac } from 'node:crypto'

const PREFIX = 'whsec_'
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/
const MIN_KEY_BYTES = 24
const MAX_KEY_BYTES = 64

/** Returns the key of a Standard Webhooks secret (`whsec_` and base64 of 24 to 64 bytes); undefined when the secret is invalid. */
export const keyOf = (secret: string): Buffer | undefined => {
  const encoded = secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : undefined
  if (encoded === undefined || !BASE64.test(encoded)) return undefined
  const key = Buffer.from(encoded, 'base64')
  return key.length >= MIN_KEY_BYTES && key.length <= MAX_KEY_BYTES ? key : undefined
}

/**
 * Returns the three headers of Standard Webhooks 1.0, as a list of names and values. `seconds` is the time in Unix seconds. There is one
 * signature per key, so that receivers can rotate their secret. Without keys there is no signature.
 */
export const signatureHeaders = (keys: readonly Buffer[], id: string, seconds: number, body: Uint8Array): readonly string[] => {
  const signatures = keys.map((key) => `v1,${createHmac('sha256', key).update(`${id}.${seconds}.`).update(body).digest('base64')}`)
  const idAndTime = ['webhook-id', id, 'webhook-timestamp', String(seconds)]
  return signatures.length > 0 ? [...idAndTime, 'webhook-signature', signatures.join(' ')] : idAndTime
}
