import { createHash, timingSafeEqual } from 'node:crypto'
import { type Either, left, right } from 'fp-ts/lib/Either.js'
import type { Failed, Head, Incoming } from '../callback.ts'
import type { Clock } from '../clock.ts'
import type { FaultOf } from '../fault.ts'
import type { App } from '../options.ts'
import { only, type Query, readQuery } from '../query.ts'

// Both ends included: the vendor calls a difference above one minute invalid.
const WINDOW_SECONDS = 60
const REMEMBERED = 64
const HEX_DIGEST = /^[0-9a-fA-F]{64}$/
const UNIX_SECONDS = /^\d{10}$/

/** The vendor's signature: SHA-256 of the token followed at once by RequestTime, as received. 32 bytes. Source: vendor document 1047/34354. */
export const digestOf = (token: string, requestTime: string): Buffer =>
  createHash('sha256')
    .update(token + requestTime)
    .digest()

/** All callbacks of one second carry the same signature, so each digest is made once. */
const rememberDigests = (): typeof digestOf => {
  const known = new Map<string, Buffer>()
  return (token, requestTime) => {
    const name = `${requestTime}${token}`
    const found = known.get(name)
    if (found) return found
    const digest = digestOf(token, requestTime)
    if (known.size >= REMEMBERED) known.clear()
    known.set(name, digest)
    return digest
  }
}

/** Is it genuine? The head is enough: SdkAppid is ours, Sign and RequestTime hold, the peer's address is allowed. */
export const verify = (apps: readonly App[], clock: Clock) => {
  const byId = new Map(apps.map((app) => [String(app.sdkAppId), app]))
  const digest = rememberDigests()

  const distrust = (app: App, params: Query): Pick<FaultOf<'Unauthorized'>, 'reason' | 'skew'> | undefined => {
    if (app.verify === 'none') return undefined
    const sign = params.repeated.has('Sign') ? undefined : params.sign
    const requestTime = only(params, 'RequestTime')
    if (sign === undefined || requestTime === undefined) return { reason: 'missing_sign' }
    if (!UNIX_SECONDS.test(requestTime)) return { reason: 'bad_time' }
    if (!HEX_DIGEST.test(sign)) return { reason: 'bad_sign' }
    const given = Buffer.from(sign, 'hex')
    // Every token is tried, so that the time taken does not tell which one was near.
    const matches = app.tokens.map((token) => timingSafeEqual(given, digest(token, requestTime)))
    if (!matches.includes(true)) return { reason: 'bad_sign' }
    const skew = Math.floor(clock.now() / 1000) - Number(requestTime)
    return Math.abs(skew) > WINDOW_SECONDS ? { reason: 'expired', skew } : undefined
  }

  return (incoming: Incoming): Either<Failed, Head> => {
    const refuse = (why: Pick<FaultOf<'Unauthorized'>, 'reason' | 'skew'>) => left<Failed>({ fault: { _tag: 'Unauthorized', ...why } })
    if (!incoming.admitted) return refuse({ reason: 'address' })
    const params = readQuery(incoming.query)
    const app = byId.get(only(params, 'SdkAppid') ?? '')
    if (!app) return refuse({ reason: 'wrong_app' })
    const why = distrust(app, params)
    return why === undefined ? right({ ...incoming, app: app.sdkAppId, params }) : refuse(why)
  }
}
