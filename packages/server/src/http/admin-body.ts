import { formatErrors } from '@callboard/core'
import type * as t from 'io-ts'
import type { Context, Middleware } from 'koa'
import getRawBody from 'raw-body'

const MAX_BODY_BYTES = 256 * 1024

/** Answers a request with an error. */
export const answerError = (ctx: Context, status: number, error: string): void => {
  ctx.status = status
  ctx.body = { error }
}

const isForeign = (origin: string, host: string): boolean => {
  if (origin === '') return false
  return !URL.canParse(origin) || new URL(origin).host !== host.toLowerCase()
}

/** Rejects writes that a foreign web page may have caused. A form cannot send JSON, and a browser names the origin of a script. */
export const rejectCrossSite: Middleware = (ctx, next) => {
  if (ctx.method === 'GET' || ctx.method === 'HEAD') return next()
  const site = ctx.get('sec-fetch-site')
  if (isForeign(ctx.get('origin'), ctx.host) || site === 'cross-site' || site === 'same-site')
    return answerError(ctx, 403, 'requests from other web pages are not allowed')
  if (!/^application\/json\s*(;|$)/i.test(ctx.get('content-type')))
    return answerError(ctx, 415, 'send JSON with `Content-Type: application/json`')
  return next()
}

const isTooLarge = (error: unknown): boolean => error instanceof Error && 'status' in error && error.status === 413

/** Reads the body as text. Answers the request and returns undefined if that fails. */
const readText = async (ctx: Context): Promise<string | undefined> => {
  try {
    return await getRawBody(ctx.req, { limit: MAX_BODY_BYTES, encoding: 'utf8' })
  } catch (error) {
    // A client that is still sending would not read the answer, so the rest of the body is read and dropped.
    ctx.req.resume()
    if (isTooLarge(error)) answerError(ctx, 413, `the body is larger than ${MAX_BODY_BYTES} bytes`)
    else answerError(ctx, 400, 'cannot read the body')
    return undefined
  }
}

const parse = (text: string): { readonly json: unknown } | undefined => {
  try {
    return { json: text.trim() === '' ? {} : JSON.parse(text) }
  } catch {
    return undefined
  }
}

/** Decodes the JSON body. An empty body counts as `{}`. Answers the request and returns undefined if the body is invalid. */
export const decodeBody = async <A>(ctx: Context, codec: t.Type<A, unknown, unknown>): Promise<A | undefined> => {
  const text = await readText(ctx)
  if (text === undefined) return undefined
  const parsed = parse(text)
  if (!parsed) {
    answerError(ctx, 400, 'the body is not JSON')
    return undefined
  }
  const decoded = codec.decode(parsed.json)
  if (decoded._tag === 'Right') return decoded.right
  answerError(ctx, 400, formatErrors(decoded.left).join('; '))
  return undefined
}
