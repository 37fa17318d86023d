import { createHash, timingSafeEqual } from 'node:crypto'
import Router from '@koa/router'
import Koa, { type Middleware } from 'koa'
import type { AdminApi } from '../admin/admin-api.ts'
import { answerError } from './admin-body.ts'
import { adminRoutes } from './admin-routes.ts'
import { createHostFilter, type HostNames } from './host-filter.ts'

/** The parts of the running Callboard that the admin listener serves. */
export interface AdminAppDeps {
  /** Returns why the server cannot accept callbacks now. Returns an empty list if it can. */
  readonly unavailableReasons: () => readonly string[]
  /** Returns by how many seconds this machine's clock is ahead of genuine requests. Undefined: it is not known to differ. */
  readonly clockSkew: () => number | undefined
  readonly admin: AdminApi
  readonly metrics: { readonly contentType: string; readonly text: () => Promise<string> }
}

/** The settings of the admin listener. */
type AdminAppOptions = HostNames & { readonly token?: string }

/** Probes of an orchestrator carry no token. */
const PATHS_WITHOUT_TOKEN = new Set(['/health/live', '/health/ready'])

const hash = (text: string): Buffer => createHash('sha256').update(text).digest()

/** Checks the token and the Host header. */
const guard = ({ token, ...names }: AdminAppOptions): Middleware => {
  const isAllowedHost = createHostFilter(names)
  return async (ctx, next) => {
    if (!isAllowedHost(ctx.req.headers.host))
      return answerError(ctx, 403, 'this Host is not allowed; add it to `admin.hosts` if it is a name of this listener')
    if (token !== undefined && !PATHS_WITHOUT_TOKEN.has(ctx.path)) {
      const given = ctx.get('authorization').replace(/^Bearer /i, '')
      if (!timingSafeEqual(hash(given), hash(token))) return answerError(ctx, 401, 'send the admin token as `Authorization: Bearer …`')
    }
    return next()
  }
}

const skewWarnings = (skew: number | undefined): readonly string[] =>
  skew === undefined
    ? []
    : [`the clock of this machine is about ${Math.abs(skew)} s ${skew > 0 ? 'ahead of' : 'behind'} genuine requests; check NTP`]

/** Returns the application of the admin listener: health, metrics and the admin API. */
export const adminApp = ({ unavailableReasons, clockSkew, admin, metrics }: AdminAppDeps, options: AdminAppOptions): Koa => {
  const app = new Koa()
  const router = new Router()
  router.get('/health/live', (ctx) => {
    ctx.body = { status: 'ok' }
  })
  router.get('/health/ready', (ctx) => {
    const reasons = unavailableReasons()
    ctx.status = reasons.length === 0 ? 200 : 503
    const warnings = skewWarnings(clockSkew())
    ctx.body = {
      ...(reasons.length === 0 ? { status: 'ok' } : { status: 'unavailable', reasons }),
      ...(warnings.length > 0 && { warnings }),
    }
  })
  router.get('/metrics', async (ctx) => {
    ctx.type = metrics.contentType
    ctx.body = await metrics.text()
  })
  app.use(guard(options))
  app.use(router.routes())
  app.use(router.allowedMethods())
  const routes = adminRoutes(admin)
  app.use(routes.routes())
  app.use(routes.allowedMethods())
  app.use((ctx) => answerError(ctx, 404, 'not found; try /health/live, /health/ready, /metrics, /v1/sinks or /v1/journal'))
  return app
}
