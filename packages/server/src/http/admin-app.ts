import { createHash, timingSafeEqual } from 'node:crypto'
import Router from '@koa/router'
import Koa, { type Middleware } from 'koa'
import type { AdminApi } from '../admin/admin-api.ts'
import { refuse } from './admin-body.ts'
import { adminRoutes } from './admin-routes.ts'

/** What the admin listener shows of the running Callboard. */
export interface AdminAppDeps {
  /** Why no callback can be taken right now; empty when it can. */
  readonly unavailableReasons: () => readonly string[]
  readonly admin: AdminApi
  readonly metrics: { readonly contentType: string; readonly text: () => Promise<string> }
}

const OPEN_TO_PROBES = new Set(['/health/live', '/health/ready'])
const LOOPBACK_NAMES = new Set(['localhost', '127.0.0.1', '[::1]'])

const hash = (text: string): Buffer => createHash('sha256').update(text).digest()

/** Off loopback a token is asked for; on it, the Host must be one of its names, so that no web page reaches us through a DNS trick. */
const guard =
  (token: string | undefined, loopback: boolean): Middleware =>
  async (ctx, next) => {
    if (loopback && !LOOPBACK_NAMES.has(ctx.hostname === '' ? '' : ctx.host.replace(/:\d+$/, '')))
      return refuse(ctx, 403, 'this Host is not served here')
    if (token !== undefined && !OPEN_TO_PROBES.has(ctx.path)) {
      const given = ctx.get('authorization').replace(/^Bearer /i, '')
      if (!timingSafeEqual(hash(given), hash(token))) return refuse(ctx, 401, 'give the admin token as `Authorization: Bearer …`')
    }
    return next()
  }

/** The admin listener's application. */
export const adminApp = (administered: AdminAppDeps, options: { readonly token?: string; readonly loopback: boolean }): Koa => {
  const app = new Koa()
  const router = new Router()
  router.get('/health/live', (ctx) => {
    ctx.body = { status: 'ok' }
  })
  router.get('/health/ready', (ctx) => {
    const reasons = administered.unavailableReasons()
    ctx.status = reasons.length === 0 ? 200 : 503
    ctx.body = reasons.length === 0 ? { status: 'ok' } : { status: 'unavailable', reasons }
  })
  router.get('/metrics', async (ctx) => {
    ctx.type = administered.metrics.contentType
    ctx.body = await administered.metrics.text()
  })
  app.use(guard(options.token, options.loopback))
  app.use(router.routes())
  app.use(router.allowedMethods())
  const operating = adminRoutes(administered.admin)
  app.use(operating.routes())
  app.use(operating.allowedMethods())
  app.use((ctx) => refuse(ctx, 404, 'nothing here; try /health/live, /health/ready, /metrics, /v1/sinks or /v1/journal'))
  return app
}
