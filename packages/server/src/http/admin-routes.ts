import { JournalError } from '@callboard/core'
import Router from '@koa/router'
import type * as t from 'io-ts'
import type { Context, Middleware } from 'koa'
import { type AdminApi, AdminError } from '../admin/admin-api.ts'
import { DiscardRequest, EmptyRequest, PruneRequest, ReplayRequest, ReprocessRequest, TestRequest } from '../admin/asked.ts'
import { decodeBody, refuse, refuseCrossSite } from './admin-body.ts'

const troubles: Middleware = async (ctx, next) => {
  try {
    await next()
  } catch (error) {
    if (error instanceof AdminError) return refuse(ctx, error.status, error.message)
    if (error instanceof JournalError) return refuse(ctx, 503, `the journal does not answer (${error.code}): ${error.message}`)
    throw error
  }
}

/** What an operator asks a running Callboard, as JSON: its sinks, its dead deliveries, its journal. */
export const adminRoutes = (operator: AdminApi): Router => {
  const router = new Router({ prefix: '/v1' })
  /** Answers a write: reads what is asked, and tells what came of it. */
  const write =
    <A, B>(codec: t.Type<A, unknown, unknown>, run: (asked: A, name: string) => Promise<B>) =>
    async (ctx: Context & { readonly params: Readonly<Record<string, string>> }) => {
      const asked = await decodeBody(ctx, codec)
      if (asked !== undefined) ctx.body = await run(asked, ctx.params.name ?? '')
    }

  router.use(troubles, refuseCrossSite)
  router.get('/sinks', async (ctx) => {
    ctx.body = { sinks: await operator.sinks() }
  })
  router.get('/journal', async (ctx) => {
    ctx.body = await operator.journal()
  })
  router.post(
    '/sinks/:name/resume',
    write(EmptyRequest, async (_, name) => {
      await operator.resume(name)
      return { resumed: name }
    }),
  )
  router.post(
    '/sinks/:name/test',
    write(TestRequest, (asked, name) => operator.test(name, asked)),
  )
  router.post('/dead/replay', write(ReplayRequest, operator.replay))
  router.post('/dead/discard', write(DiscardRequest, operator.discard))
  router.post('/dead/reprocess', write(ReprocessRequest, operator.reprocess))
  router.post('/journal/prune', write(PruneRequest, operator.prune))
  return router
}
