import type { IncomingMessage } from 'node:http'
import type { Answer, Clock, Dispatcher, IncomingRequest } from '@callboard/core'
import type { Context, Middleware } from 'koa'
import { type MaybeParsed, readBody } from './body.ts'

const lengthOf = (req: IncomingMessage): number | undefined => {
  const given = req.headers['content-length']
  return given === undefined ? undefined : Number(given)
}

const leftOn = (request: object): Omit<MaybeParsed, 'req'> => ({
  ...('body' in request && request.body !== undefined && { body: request.body }),
  ...('rawBody' in request && request.rawBody !== undefined && { rawBody: request.rawBody }),
})

/** What a body parser of the host may have left: on Koa's request, or on Node's, as hosts of functions do. */
const parsedBy = ({ req, request }: Context): MaybeParsed => ({ ...leftOn(req), ...leftOn(request), req })

const incomingOf = (ctx: Context, clock: Clock, admitted: boolean): IncomingRequest => {
  const encoding = ctx.req.headers['content-encoding']
  const length = lengthOf(ctx.req)
  return {
    query: ctx.querystring,
    admitted,
    headAt: clock.elapsed(),
    ...(encoding !== undefined && { encoding }),
    ...(length !== undefined && { length }),
    readBody: (limit) => readBody(parsedBy(ctx), limit),
  }
}

const send = (ctx: Context, answer: Answer) => {
  ctx.status = answer.status
  ctx.set(answer.headers)
  if (answer.close) ctx.set('connection', 'close')
  ctx.body = answer.body
}

/** A Koa request in, an answer out. The host's middleware after this one is never reached. */
export const answerTo =
  (
    dispatcher: Pick<Dispatcher, 'handle' | 'refuse'>,
    clock: Clock,
    admit: (request: IncomingMessage) => boolean = () => true,
  ): Middleware =>
  async (ctx) => {
    send(
      ctx,
      ctx.method === 'POST'
        ? await dispatcher.handle(incomingOf(ctx, clock, admit(ctx.req)))
        : dispatcher.refuse({ _tag: 'MethodNotAllowed' }),
    )
  }
