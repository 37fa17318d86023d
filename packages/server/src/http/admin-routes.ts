import { JournalError } from '@callboard/core'
import Router from '@koa/router'
import type * as t from 'io-ts'
import type { Context, Middleware } from 'koa'
import { type Operator, Refused } from '../admin/admin-api.ts'
import { DeadAsked, DiscardAsked, NothingAsked, PruneAsked, ReadmitAsked, TestAsked } from '../admin/asked.ts'
import { askedIn, notFromPages, refuse } from './admin-body.ts'

const troubles: Middleware = async (ctx, next) => {
  try {
    await next()
  } catch (error) {
    if (error instanceof Refused) return refuse(ctx, error.status, error.message)
    if (error instanceof JournalError) return refuse(ctx, 503, `the journal does not answer (${error.why}): ${error.message}`)
    throw error
  }
}

/** What an operator asks a running Callboard, as JSON: its sinks, its dead deliveries, its journal. */
export const operatorRoutes = (operator: Operator): Router => {
  const router = new Router({ prefix: '/v1' })
  /** Answers a write: reads what is asked, and tells what came of it. */
  const write =
    <A, B>(codec: t.Type<A, unknown, unknown>, run: (asked: A, name: string) => Promise<B>) =>
    async (ctx: Context & { readonly params: Readonly<Record<string, string>> }) => {
      const asked = await askedIn(ctx, codec)
      if (asked !== undefined) ctx.body = await run(asked, ctx.params.name ?? '')
    }

  router.use(troubles, notFromPages)
  router.get('/sinks', async (ctx) => {
    ctx.body = { sinks: await operator.sinks() }
  })
  router.get('/journal', async (ctx) => {
    ctx.body = await operator.journal()
  })
  router.post(
    '/sinks/:name/resume',
    write(NothingAsked, async (_, name) => {
      await operator.resume(name)
      return { resumed: name }
    }),
  )
  router.post(
    '/sinks/:name/test',
    write(TestAsked, (asked, name) => operator.test(name, asked)),
  )
  router.post('/dead/replay', write(DeadAsked, operator.replay))
  router.post('/dead/discard', write(DiscardAsked, operator.discard))
  router.post('/dead/readmit', write(ReadmitAsked, operator.readmit))
  router.post('/journal/prune', write(PruneAsked, operator.prune))
  return router
}
