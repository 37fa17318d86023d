import type { IncomingMessage } from 'node:http'
import type { Answer, Clock, Dispatcher, IncomingRequest, PeerRefusal } from '@callboard/core'
import type { Context, Middleware } from 'koa'
import { type ParsedRequest, readBody } from './body.ts'

const contentLength = (req: IncomingMessage): number | undefined => {
  const header = req.headers['content-length']
  return header === undefined ? undefined : Number(header)
}

const parserFields = (request: object): Omit<ParsedRequest, 'req'> => ({
  ...('body' in request && request.body !== undefined && { body: request.body }),
  ...('rawBody' in request && request.rawBody !== undefined && { rawBody: request.rawBody }),
})

/** Body parsers set their results on Koa's request. Serverless hosts set them on Node's request. */
const parsedRequest = ({ req, request }: Context): ParsedRequest => ({ ...parserFields(req), ...parserFields(request), req })

/** Tells whether a peer may send callbacks. A refusal names the address that was judged. */
export type Admit = (request: IncomingMessage) => boolean | PeerRefusal

const incomingRequest = (ctx: Context, clock: Clock, admitted: ReturnType<Admit>): IncomingRequest => {
  const encoding = ctx.req.headers['content-encoding']
  const length = contentLength(ctx.req)
  return {
    query: ctx.querystring,
    admitted,
    headAt: clock.elapsed(),
    ...(encoding !== undefined && { encoding }),
    ...(length !== undefined && { length }),
    ...(ctx.req.headers.sdkappid !== undefined && { hasAppHeader: true }),
    readBody: (maxBytes) => readBody(parsedRequest(ctx), maxBytes),
  }
}

const sendAnswer = (ctx: Context, answer: Answer) => {
  ctx.status = answer.status
  ctx.set(answer.headers)
  if (answer.close) ctx.set('connection', 'close')
  ctx.body = answer.body
}

/** Asks the host. In JavaScript `admit` may return anything, and a promise says neither yes nor no. */
const askHost = (admit: Admit, req: IncomingMessage): ReturnType<Admit> => {
  const result: ReturnType<Admit> | Promise<unknown> = admit(req)
  if (!(result instanceof Promise)) return typeof result === 'object' && result !== null ? result : Boolean(result)
  result.catch(() => {})
  throw new TypeError('admit returned a Promise; expected true or false')
}

const answerOf = async (ctx: Context, dispatcher: Pick<Dispatcher, 'handle' | 'refuse'>, clock: Clock, admit: Admit): Promise<Answer> => {
  if (ctx.method !== 'POST') return dispatcher.refuse({ _tag: 'MethodNotAllowed' })
  try {
    return await dispatcher.handle(incomingRequest(ctx, clock, askHost(admit, ctx.req)))
  } catch (error) {
    // Code of the host failed: `admit` or the clock.
    return dispatcher.refuse({ _tag: 'Defect', error })
  }
}

/** Creates the middleware that answers callbacks. It never calls the next middleware. */
export const createMiddleware =
  (dispatcher: Pick<Dispatcher, 'handle' | 'refuse'>, clock: Clock, admit: Admit = () => true): Middleware =>
  async (ctx) => {
    sendAnswer(ctx, await answerOf(ctx, dispatcher, clock, admit))
  }
