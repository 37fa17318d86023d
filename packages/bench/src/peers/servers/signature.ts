import { timingSafeEqual } from 'node:crypto'
import { signatureOf } from '@callboard/core'
import { APP, TOKEN } from '../../load/bodies.ts'

const MAX_AGE_SECONDS = 60

/** Returns whether the query of a callback URL has our SDKAppID, a fresh RequestTime and the right Sign. */
export const isGenuine = (query: URLSearchParams): boolean => {
  const time = query.get('RequestTime') ?? ''
  const sign = Buffer.from(query.get('Sign') ?? '', 'hex')
  const expected = signatureOf(TOKEN, time)
  const isFresh = Math.abs(Date.now() / 1_000 - Number(time)) <= MAX_AGE_SECONDS
  return query.get('SdkAppid') === String(APP) && isFresh && sign.length === expected.length && timingSafeEqual(sign, expected)
}
