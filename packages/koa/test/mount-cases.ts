import type { Callboard } from '@callboard/koa'
import Router from '@koa/router'
import Koa, { type Middleware } from 'koa'
import compress from 'koa-compress'
import mount from 'koa-mount'
import {
  drainsStream,
  koaBody,
  koaBodyparser,
  leavesBytes,
  leavesBytesOnNode,
  leavesEmptyObject,
  leavesNothing,
  leavesObject,
  leavesText,
  pausesStream,
  scopedBodyparser,
  setsEncoding,
} from './parsers.ts'

/** The tested Content-Types. The vendor's sample has none. */
export const contentTypes = {
  json: 'application/json',
  none: undefined,
  form: 'application/x-www-form-urlencoded',
  text: 'text/plain; charset=utf-8',
} as const
export type ContentType = keyof typeof contentTypes
export const contentTypeNames: readonly ContentType[] = ['json', 'none', 'form', 'text']

/** The outcome of a callback: its bytes are stored as received, or rebuilt from the parsed body, or it is refused with 400. */
export type BodyOutcome = 'kept' | 'rebuilt' | 'refused'

/** A way to mount a Callboard. */
export interface MountCase {
  readonly name: string
  /** Absent: the server of @callboard/server. `other` is a Callboard for another SDKAppID. */
  readonly mount?: (app: Koa, callboard: Callboard, other: Callboard) => void
  /** The path of the callback URL. Default: `/callback`. */
  readonly path?: string
  /** Default: `kept`. */
  readonly outcomes?: Readonly<Partial<Record<ContentType, BodyOutcome>>>
}

const every = (fate: BodyOutcome) => ({ json: fate, none: fate, form: fate, text: fate })

const router =
  (...before: readonly Middleware[]): NonNullable<MountCase['mount']> =>
  (app, callboard) => {
    for (const each of before) app.use(each)
    app.use(callboard.router('/callback').routes())
  }

const under = (callboard: Callboard, ...before: readonly Middleware[]): Koa => {
  const app = new Koa()
  for (const each of before) app.use(each)
  return app.use(callboard.middleware())
}

const errorHandler: Middleware = async (ctx, next) => {
  try {
    await next()
  } catch (error) {
    ctx.status = 500
    ctx.body = { oops: String(error) }
  }
}

/** The ways in which hosts mount a Callboard. */
export const mountCases: readonly MountCase[] = [
  { name: 'the server of @callboard/server' },
  { name: 'router(), no parser', mount: router() },
  { name: 'middleware(), no parser', mount: (app, callboard) => void app.use(callboard.middleware()) },
  {
    name: 'middleware(), koa-bodyparser before',
    mount: (app, callboard) => void app.use(koaBodyparser()).use(callboard.middleware()),
  },
  { name: 'koa-bodyparser before', mount: router(koaBodyparser()) },
  { name: 'koa-bodyparser before, all as JSON', mount: router(koaBodyparser({ detectJSON: () => true })) },
  { name: 'koa-bodyparser before, text too', mount: router(koaBodyparser({ enableTypes: ['json', 'form', 'text'] })) },
  {
    name: 'koa-bodyparser after',
    mount: (app, callboard) => void app.use(callboard.router('/callback').routes()).use(koaBodyparser()),
  },
  { name: '@koa/bodyparser before', mount: router(scopedBodyparser()) },
  { name: '@koa/bodyparser before, patchNode', mount: router(scopedBodyparser({ patchNode: true })) },
  { name: 'koa-body before', mount: router(koaBody()), outcomes: { json: 'rebuilt', form: 'refused' } },
  { name: 'koa-body before, includeUnparsed', mount: router(koaBody({ includeUnparsed: true })) },
  {
    name: 'koa-body before, only on Node',
    mount: router(koaBody({ patchNode: true, patchKoa: false })),
    outcomes: { json: 'rebuilt', form: 'refused' },
  },
  {
    name: 'koa-body after',
    mount: (app, callboard) => void app.use(callboard.router('/callback').routes()).use(koaBody()),
  },
  {
    name: 'a prefix router',
    path: '/im/callback',
    mount: (app, callboard) => void app.use(new Router({ prefix: '/im' }).use(callboard.router('/callback').routes()).routes()),
  },
  {
    name: 'a prefix router with koa-bodyparser',
    path: '/im/callback',
    mount: (app, callboard) =>
      void app.use(new Router({ prefix: '/im' }).use(koaBodyparser()).post('/callback', callboard.middleware()).routes()),
  },
  { name: 'koa-mount, middleware()', mount: (app, callboard) => void app.use(mount('/callback', callboard.middleware())) },
  { name: 'koa-mount, a sub-app', path: '/im/callback', mount: (app, callboard) => void app.use(mount('/im', under(callboard))) },
  {
    name: 'koa-mount, a sub-app with koa-body',
    path: '/im/callback',
    mount: (app, callboard) => void app.use(mount('/im', under(callboard, koaBody()))),
    outcomes: { json: 'rebuilt', form: 'refused' },
  },
  { name: 'behind koa-compress', mount: router(compress({ threshold: 0 })) },
  { name: "behind the host's error handler", mount: router(errorHandler) },
  { name: "the host's error handler, koa-bodyparser", mount: router(errorHandler, koaBodyparser()) },
  {
    name: 'two Callboards in one app',
    mount: (app, callboard, other) => void app.use(other.router('/other').routes()).use(callboard.router('/callback').routes()),
  },
  {
    name: 'two Callboards behind koa-bodyparser',
    mount: (app, callboard, other) =>
      void app.use(koaBodyparser()).use(mount('/other', other.middleware())).use(mount('/callback', callboard.middleware())),
  },
  { name: 'a parser that leaves text', mount: router(leavesText) },
  { name: 'a parser that leaves bytes', mount: router(leavesBytes) },
  { name: 'a host that leaves rawBody on Node', mount: router(leavesBytesOnNode) },
  { name: 'a parser that leaves an object', mount: router(leavesObject), outcomes: { ...every('rebuilt'), form: 'refused' } },
  { name: 'a parser that leaves an empty object', mount: router(leavesEmptyObject), outcomes: every('refused') },
  { name: 'a host that sets the encoding to utf8', mount: router(setsEncoding('utf8')) },
  { name: 'a host that pauses the stream', mount: router(pausesStream) },
  { name: 'a host that drains the stream', mount: router(drainsStream), outcomes: every('refused') },
  { name: 'a parser that leaves nothing', mount: router(leavesNothing), outcomes: every('refused') },
]
