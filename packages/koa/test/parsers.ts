import { createRequire } from 'node:module'
import type { Middleware } from 'koa'

// Each of these declares `body` of Koa's request anew, and differently: loaded together, their types do not compile.
const load = createRequire(import.meta.url)

type Parser = (options?: object) => Middleware

/** The parsers that hosts use, by the names of their packages. */
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

/** Parsers of the host's own. */
export const leavesNothing = consumed(() => ({}))
export const leavesEmptyObject = consumed(() => ({ body: {} }))
export const leavesText = consumed((bytes) => ({ body: bytes.toString() }))
export const leavesBytes = consumed((bytes) => ({ body: bytes }))
export const leavesObject = consumed((bytes) => ({ body: JSON.parse(bytes.toString()) }))
export const leavesBigIntegers = consumed(() => ({ body: { EventTime: 1670574414123n } }))
/** As hosts of functions do, before Koa sees the request. */
export const leavesBytesOnNode = consumed((bytes) => ({ on: 'node', body: JSON.parse(bytes.toString()), rawBody: bytes }))
/** `rawBody` and `body` that differ from each other. */
export const leavesBoth = (rawBody: string, body: unknown): Middleware => consumed(() => ({ rawBody, body }))
/** A `rawBody` although nobody has read the stream. */
export const leavesStreamUnread =
  (rawBody: string): Middleware =>
  async (ctx, next) => {
    Object.assign(ctx.request, { rawBody })
    await next()
  }
