import { formatErrors } from '@callboard/core'
import type * as t from 'io-ts'
import type { Context, Middleware } from 'koa'

const MAX_BODY_BYTES = 256 * 1024

/** Ends a request with a status and a sentence. */
export const refuse = (ctx: Context, status: number, error: string): void => {
  ctx.status = status
  ctx.body = { error }
}

const isForeign = (origin: string, host: string): boolean => {
  if (origin === '') return false
  return !URL.canParse(origin) || new URL(origin).host !== host
}

/** Lets a write through only where no foreign web page can have caused it: a form cannot send JSON, and a browser says where it comes from. */
export const refuseCrossSite: Middleware = (ctx, next) => {
  if (ctx.method === 'GET' || ctx.method === 'HEAD') return next()
  const site = ctx.get('sec-fetch-site')
  if (isForeign(ctx.get('origin'), ctx.host) || site === 'cross-site' || site === 'same-site')
    return refuse(ctx, 403, 'requests that other web pages cause are not served')
  if (!/^application\/json\s*(;|$)/i.test(ctx.get('content-type')))
    return refuse(ctx, 415, 'send JSON, with `Content-Type: application/json`')
  return next()
}

/** The body as text; undefined where it is too long: then it is read to its end, but not kept, so that the answer is heard. */
const readText = ({ req }: Context): Promise<string | undefined> =>
  new Promise((resolve) => {
    const chunks: Buffer[] = []
    let length = 0
    req.on('data', (chunk: Buffer) => {
      length += chunk.length
      if (length <= MAX_BODY_BYTES) chunks.push(chunk)
    })
    req.once('end', () => resolve(length <= MAX_BODY_BYTES ? Buffer.concat(chunks).toString('utf8') : undefined))
    // Whoever leaves early hears no answer.
    req.once('close', () => resolve(undefined))
  })

const parse = (text: string): { readonly json: unknown } | undefined => {
  try {
    return { json: text.trim() === '' ? {} : JSON.parse(text) }
  } catch {
    return undefined
  }
}

/** What the body asks for, by its codec; an absent body asks for nothing in particular. Undefined: the request is answered already. */
export const decodeBody = async <A>(ctx: Context, codec: t.Type<A, unknown, unknown>): Promise<A | undefined> => {
  const text = await readText(ctx)
  if (text === undefined) {
    refuse(ctx, 413, `the body is larger than ${MAX_BODY_BYTES} bytes`)
    return undefined
  }
  const parsed = parse(text)
  if (!parsed) {
    refuse(ctx, 400, 'the body is no JSON')
    return undefined
  }
  const decoded = codec.decode(parsed.json)
  if (decoded._tag === 'Right') return decoded.right
  refuse(ctx, 400, formatErrors(decoded.left).join('; '))
  return undefined
}
