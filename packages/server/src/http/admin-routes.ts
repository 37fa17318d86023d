import { JournalError } from '@callboard/core'
import Router from '@koa/router'
import type * as t from 'io-ts'
import type { Context, Middleware } from 'koa'
import {
  type AdminApi,
  AdminError,
  DiscardRequest,
  EmptyRequest,
  PruneRequest,
  ReplayRequest,
  ReprocessRequest,
  TestRequest,
} from '../admin/admin-api.ts'
import { answerError, decodeBody, rejectCrossSite } from './admin-body.ts'

const answerErrors: Middleware = async (ctx, next) => {
  try {
    await next()
  } catch (error) {
    if (error instanceof AdminError) return answerError(ctx, error.status, error.message)
    if (error instanceof JournalError) return answerError(ctx, 503, `the journal failed (${error.code}): ${error.message}`)
    throw error
  }
}

/** Returns the routes below `/v1`: the admin API as JSON. */
export const adminRoutes = (admin: AdminApi): Router => {
  const router = new Router({ prefix: '/v1' })
  /** Returns a handler that decodes the body, calls `run` and answers with its result. */
  const write =
    <A, B>(codec: t.Type<A, unknown, unknown>, run: (request: A, name: string) => Promise<B>) =>
    async (ctx: Context & { readonly params: Readonly<Record<string, string>> }) => {
      const request = await decodeBody(ctx, codec)
      if (request !== undefined) ctx.body = await run(request, ctx.params.name ?? '')
    }

  router.use(answerErrors, rejectCrossSite)
  router.get('/sinks', async (ctx) => {
    ctx.body = { sinks: await admin.sinks() }
  })
  router.get('/journal', async (ctx) => {
    ctx.body = await admin.journal()
  })
  router.post(
    '/sinks/:name/resume',
    write(EmptyRequest, async (_, name) => {
      await admin.resume(name)
      return { resumed: name }
    }),
  )
  router.post(
    '/sinks/:name/test',
    write(TestRequest, (request, name) => admin.test(name, request)),
  )
  router.post('/dead/replay', write(ReplayRequest, admin.replay))
  router.post('/dead/discard', write(DiscardRequest, admin.discard))
  router.post('/dead/reprocess', write(ReprocessRequest, admin.reprocess))
  router.post('/journal/prune', write(PruneRequest, admin.prune))
  return router
}
