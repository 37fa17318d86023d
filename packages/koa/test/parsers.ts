import { createRequire } from 'node:module'
import type { Middleware } from 'koa'

// Each parser declares another type for `body` of Koa's request. Imported together, their types do not compile.
const load = createRequire(import.meta.url)

type Parser = (options?: object) => Middleware

/** The parsers that hosts use. */
export const koaBodyparser: Parser = load('koa-bodyparser')
export const scopedBodyparser: Parser = load('@koa/bodyparser').bodyParser
export const koaBody: Parser = load('koa-body').koaBody

const consumed = (leave: (bytes: Buffer) => { readonly on?: 'node'; readonly body?: unknown; readonly rawBody?: unknown }): Middleware => {
  return async (ctx, next) => {
    const chunks: Buffer[] = []
    for await (const chunk of ctx.req) chunks.push(chunk)
    const { on, ...left } = leave(Buffer.concat(chunks))
    Object.assign(on === 'node' ? ctx.req : ctx.request, left)
    await next()
  }
}

/** Parsers that a host may write itself. */
export const leavesNothing = consumed(() => ({}))
export const leavesEmptyObject = consumed(() => ({ body: {} }))
export const leavesText = consumed((bytes) => ({ body: bytes.toString() }))
export const leavesBytes = consumed((bytes) => ({ body: bytes }))
export const leavesObject = consumed((bytes) => ({ body: JSON.parse(bytes.toString()) }))
export const leavesBigIntegers = consumed(() => ({ body: { EventTime: 1670574414123n } }))
/** Sets `rawBody` on the Node request, as serverless hosts do. */
export const leavesBytesOnNode = consumed((bytes) => ({ on: 'node', body: JSON.parse(bytes.toString()), rawBody: bytes }))
/** Sets a `rawBody` and a `body` that differ. */
export const leavesBoth = (rawBody: string, body: unknown): Middleware => consumed(() => ({ rawBody, body }))
/** Sets a `rawBody` without reading the stream. */
export const leavesStreamUnread =
  (rawBody: string): Middleware =>
  async (ctx, next) => {
    Object.assign(ctx.request, { rawBody })
    await next()
  }
/** Makes the stream of the request emit text. */
export const setsEncoding =
  (encoding: BufferEncoding): Middleware =>
  async (ctx, next) => {
    ctx.req.setEncoding(encoding)
    await next()
  }
/** Pauses the stream of the request. */
export const pausesStream: Middleware = async (ctx, next) => {
  ctx.req.pause()
  await next()
}
/** Reads the stream to its end without keeping anything. */
export const drainsStream: Middleware = async (ctx, next) => {
  for await (const _ of ctx.req);
  await next()
}
