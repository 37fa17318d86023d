import { createHash, timingSafeEqual } from 'node:crypto'
import Router from '@koa/router'
import Koa, { type Middleware } from 'koa'
import type { AdminApi } from '../admin/admin-api.ts'
import { answerError } from './admin-body.ts'
import { adminRoutes } from './admin-routes.ts'

/** The parts of the running Callboard that the admin listener serves. */
export interface AdminAppDeps {
  /** Returns why the server cannot accept callbacks now. Returns an empty list if it can. */
  readonly unavailableReasons: () => readonly string[]
  readonly admin: AdminApi
  readonly metrics: { readonly contentType: string; readonly text: () => Promise<string> }
}

/** Probes of an orchestrator carry no token. */
const PATHS_WITHOUT_TOKEN = new Set(['/health/live', '/health/ready'])
const LOOPBACK_NAMES = new Set(['localhost', '127.0.0.1', '[::1]'])

const hash = (text: string): Buffer => createHash('sha256').update(text).digest()

/** Checks the token. On loopback it also checks the Host header, so that no web page gets in by DNS rebinding. */
const guard =
  (token: string | undefined, loopback: boolean): Middleware =>
  async (ctx, next) => {
    if (loopback && !LOOPBACK_NAMES.has(ctx.hostname === '' ? '' : ctx.host.replace(/:\d+$/, '')))
      return answerError(ctx, 403, 'this Host is not allowed')
    if (token !== undefined && !PATHS_WITHOUT_TOKEN.has(ctx.path)) {
      const given = ctx.get('authorization').replace(/^Bearer /i, '')
      if (!timingSafeEqual(hash(given), hash(token))) return answerError(ctx, 401, 'send the admin token as `Authorization: Bearer …`')
    }
    return next()
  }

/** Returns the application of the admin listener: health, metrics and the admin API. */
export const adminApp = (
  { unavailableReasons, admin, metrics }: AdminAppDeps,
  options: { readonly token?: string; readonly loopback: boolean },
): Koa => {
  const app = new Koa()
  const router = new Router()
  router.get('/health/live', (ctx) => {
    ctx.body = { status: 'ok' }
  })
  router.get('/health/ready', (ctx) => {
    const reasons = unavailableReasons()
    ctx.status = reasons.length === 0 ? 200 : 503
    ctx.body = reasons.length === 0 ? { status: 'ok' } : { status: 'unavailable', reasons }
  })
  router.get('/metrics', async (ctx) => {
    ctx.type = metrics.contentType
    ctx.body = await metrics.text()
  })
  app.use(guard(options.token, options.loopback))
  app.use(router.routes())
  app.use(router.allowedMethods())
  const routes = adminRoutes(admin)
  app.use(routes.routes())
  app.use(routes.allowedMethods())
  app.use((ctx) => answerError(ctx, 404, 'not found; try /health/live, /health/ready, /metrics, /v1/sinks or /v1/journal'))
  return app
}
