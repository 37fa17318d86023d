import { createHash, timingSafeEqual } from 'node:crypto'
import { type Either, left, right } from 'fp-ts/lib/Either.js'
import type { FaultOf } from '../fault.ts'
import type { App } from '../options.ts'
import type { Clock } from '../util/clock.ts'
import type { IncomingRequest, Rejection, Verified } from './context.ts'
import { only, parseQueryParams, type QueryParams } from './query-params.ts'

// Both ends included: the vendor calls a difference above one minute invalid.
const WINDOW_SECONDS = 60
const HEX_DIGEST_LENGTH = 64
const UNIX_SECONDS = /^\d{10}$/

/** The vendor's signature: SHA-256 of the token followed at once by RequestTime, as received. 32 bytes. Source: vendor document 1047/34354. */
export const signatureOf = (token: string, requestTime: string): Buffer =>
  createHash('sha256')
    .update(token + requestTime)
    .digest()

/** The digests of one token. All callbacks of one second carry the same, so it is made once. */
const digestsOf = (token: string): ((requestTime: string) => Buffer) => {
  let latest: { readonly requestTime: string; readonly digest: Buffer } | undefined
  return (requestTime) => {
    if (latest?.requestTime !== requestTime) latest = { requestTime, digest: signatureOf(token, requestTime) }
    return latest.digest
  }
}

/** Is it genuine? The head is enough: SdkAppid is ours, Sign and RequestTime hold, the peer's address is allowed. */
export const verify = (apps: readonly App[], clock: Clock) => {
  const byId = new Map(apps.map((app) => [String(app.sdkAppId), { ...app, digests: app.tokens?.map(digestsOf) ?? [] }]))

  const authFailure = (
    { verify, digests }: Pick<App, 'verify'> & { readonly digests: readonly ReturnType<typeof digestsOf>[] },
    params: QueryParams,
  ): Pick<FaultOf<'Unauthorized'>, 'reason' | 'skew'> | undefined => {
    if (verify === 'none') return undefined
    const sign = params.repeated.has('Sign') ? undefined : params.sign
    const requestTime = only(params, 'RequestTime')
    if (sign === undefined || requestTime === undefined) return { reason: 'missing_sign' }
    if (!UNIX_SECONDS.test(requestTime)) return { reason: 'bad_time' }
    // What is no hexadecimal digit ends it.
    const given = Buffer.from(sign, 'hex')
    if (sign.length !== HEX_DIGEST_LENGTH || given.length * 2 !== HEX_DIGEST_LENGTH) return { reason: 'bad_sign' }
    // Every token is tried, so that the time taken does not tell which one was near.
    const matches = digests.map((digest) => timingSafeEqual(given, digest(requestTime)))
    if (!matches.includes(true)) return { reason: 'bad_sign' }
    const skew = Math.floor(clock.now() / 1000) - Number(requestTime)
    return Math.abs(skew) > WINDOW_SECONDS ? { reason: 'expired', skew } : undefined
  }

  return (incoming: IncomingRequest): Either<Rejection, Verified> => {
    const refuse = (why: Pick<FaultOf<'Unauthorized'>, 'reason' | 'skew'>) => left<Rejection>({ fault: { _tag: 'Unauthorized', ...why } })
    if (!incoming.admitted) return refuse({ reason: 'address' })
    const params = parseQueryParams(incoming.query)
    const app = byId.get(only(params, 'SdkAppid') ?? '')
    if (!app) return refuse({ reason: 'wrong_app' })
    const why = authFailure(app, params)
    return why === undefined ? right({ ...incoming, app: app.sdkAppId, params }) : refuse(why)
  }
}
