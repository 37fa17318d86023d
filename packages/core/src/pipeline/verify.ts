import { createHash, timingSafeEqual } from 'node:crypto'
import { chain, type Either, left, map, mapLeft, right } from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { FaultOf } from '../fault.ts'
import type { App } from '../options.ts'
import type { Clock } from '../util/clock.ts'
import type { IncomingRequest, Rejection, Verified } from './context.ts'
import { parseQueryParams, type QueryParams, singleParam } from './query-params.ts'

// The vendor calls a difference of more than one minute invalid, so both ends are included.
const WINDOW_SECONDS = 60
const HEX_SIGNATURE_LENGTH = 64
const UNIX_SECONDS = /^\d{10}$/

/** Returns the vendor's signature, 32 bytes: SHA-256 of the token and RequestTime, joined as received. Source: vendor document 1047/34354. */
export const signatureOf = (token: string, requestTime: string): Buffer =>
  createHash('sha256')
    .update(token + requestTime)
    .digest()

/** Signs with one token. All callbacks of one second have the same signature, so the latest one is cached. */
const signerOf = (token: string): ((requestTime: string) => Buffer) => {
  let latest: { readonly requestTime: string; readonly signature: Buffer } | undefined
  return (requestTime) => {
    if (latest?.requestTime !== requestTime) latest = { requestTime, signature: signatureOf(token, requestTime) }
    return latest.signature
  }
}

type Unauthorized = Omit<FaultOf<'Unauthorized'>, '_tag'>
interface KnownApp {
  readonly sdkAppId: number
  readonly isSigned: boolean
  readonly signers: readonly ((requestTime: string) => Buffer)[]
}

/** Verifies the HTTP headers and query of a request: a configured SdkAppid, a valid Sign and RequestTime, and an admitted address. */
export const verify = (apps: readonly App[], clock: Clock) => {
  const byId = new Map(
    apps.map(({ sdkAppId, verify, tokens = [] }): [string, KnownApp] => [
      String(sdkAppId),
      { sdkAppId, isSigned: verify !== 'none', signers: tokens.map(signerOf) },
    ]),
  )

  const findApp = (params: QueryParams, { hasAppHeader }: IncomingRequest): Either<Unauthorized, KnownApp> => {
    const app = byId.get(singleParam(params, 'SdkAppid') ?? '')
    if (app) return right(app)
    if (Object.hasOwn(params.kept, 'SdkAppid')) return left({ reason: 'wrong_app' })
    return left({ reason: hasAppHeader ? 'trtc_event' : 'missing_app' })
  }

  const checkSignature =
    (params: QueryParams) =>
    (app: KnownApp): Either<Unauthorized, KnownApp> => {
      if (!app.isSigned) return right(app)
      const sign = params.repeated.has('Sign') ? undefined : params.sign
      const requestTime = singleParam(params, 'RequestTime')
      if (sign === undefined || requestTime === undefined) return left({ reason: 'missing_sign' })
      if (!UNIX_SECONDS.test(requestTime)) return left({ reason: 'bad_time' })
      // `from` stops at the first character that is not hexadecimal.
      const given = Buffer.from(sign, 'hex')
      if (sign.length !== HEX_SIGNATURE_LENGTH || given.length * 2 !== HEX_SIGNATURE_LENGTH) return left({ reason: 'bad_sign' })
      // All tokens are compared, so that the time taken does not tell which one nearly matched.
      const matches = app.signers.map((signer) => timingSafeEqual(given, signer(requestTime)))
      if (!matches.includes(true)) return left({ reason: 'bad_sign' })
      const skew = Math.floor(clock.now() / 1000) - Number(requestTime)
      return Math.abs(skew) > WINDOW_SECONDS ? left({ reason: 'expired', skew }) : right(app)
    }

  const checkPeer = ({ admitted }: IncomingRequest): Either<Unauthorized, true> =>
    admitted === true ? right(true) : left(admitted === false ? { reason: 'address' } : admitted)

  return (request: IncomingRequest): Either<Rejection, Verified> => {
    const params = parseQueryParams(request.query)
    return pipe(
      checkPeer(request),
      chain(() => findApp(params, request)),
      chain(checkSignature(params)),
      map(({ sdkAppId }) => ({ ...request, app: sdkAppId, params })),
      mapLeft((unauthorized) => ({ fault: { _tag: 'Unauthorized', ...unauthorized }, context: request })),
    )
  }
}
