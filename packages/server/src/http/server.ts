import { answerFault, type Emit, type Journal, type Log, systemClock, type WatchdogHook } from '@callboard/core'
import { type Callboard, createCallboard } from '@callboard/koa'
import Koa from 'koa'
import { localAdmin } from '../admin/local-admin.ts'
import { loadCertificate } from '../config/certificate/certificate.ts'
import type { Certificate, ServerOptions } from '../config/service.ts'
import { createMetrics } from '../metrics/metrics.ts'
import { urlOf } from '../util/addresses.ts'
import { createPathMatch } from '../util/url-path.ts'
import { adminApp } from './admin-app.ts'
import { createIpFilter } from './ip-allow-list.ts'
import { type Listener, listen } from './listener.ts'

/** A running server. */
export interface RunningServer {
  readonly callboard: Callboard
  /** The URL for the vendor's console. */
  readonly callbackUrl: string
  readonly adminUrl: string
  /** Takes over the apps, address ranges and certificate of another configuration. Throws and changes nothing if that fails. */
  readonly reload: (next: Pick<ServerOptions, 'apps' | 'settings' | 'certificate'>) => Promise<void>
  /** Shows in the metrics whether the last reload of the configuration succeeded. */
  readonly setReloadResult: (successful: boolean) => void
  /** Answers the requests in flight, delivers what it can, and closes everything. Takes less than 10 s. */
  readonly stop: () => Promise<void>
}

interface ServerDeps {
  readonly journal: Journal
  /** The file of the journal. The metrics show its size and the free space beside it. */
  readonly journalFile?: string
  readonly log: Log
  readonly listener?: Emit
  readonly watchdog?: WatchdogHook
  /** Returns the number of log lines that could not be written. */
  readonly droppedLogLines?: () => number
}

/** With the 2.7 s of the listener this stays below the 10 s that a supervisor usually allows. */
const STOP_GRACE_MS = 5_000
/** Scrapers, probes and the pages of a few operators. */
const MAX_ADMIN_CONNECTIONS = 64

const certificateOf = ({ settings, certificate }: Pick<ServerOptions, 'settings' | 'certificate'>): Certificate | undefined =>
  settings.listen.tls && (certificate ?? loadCertificate(settings.listen.tls))

/** Returns the application of the callback listener. Every other path gets the vendor's JSON with 404. */
const callbackApp = (callboard: Callboard, path: string): Koa => {
  const app = new Koa()
  app.silent = true
  const handleCallback = callboard.middleware()
  const isCallbackPath = createPathMatch(path)
  app.use((ctx, next) => {
    if (isCallbackPath(ctx.path)) return handleCallback(ctx, next)
    const { status, headers, body } = callboard.refuse({ _tag: 'NotFound' })
    ctx.status = status
    ctx.set(headers)
    ctx.body = body
    return undefined
  })
  return app
}

/** Starts the callback listener, the admin listener and the Callboard behind them. Stops again and throws if one of them fails. */
export const startServer = async (
  options: ServerOptions,
  { journal, journalFile, log, listener, watchdog, droppedLogLines }: ServerDeps,
): Promise<RunningServer> => {
  const { settings, certificate: _, ...parts } = options
  const metrics = createMetrics(options, (options.clock ?? systemClock).now, droppedLogLines)
  let admit = createIpFilter(settings.listen.allow, settings.listen.proxies)
  const callboard = await createCallboard({
    ...parts,
    journal,
    log,
    ...(watchdog && { watchdog }),
    admit: (request) => admit(request),
    listener: (event) => {
      metrics.record(event)
      listener?.(event)
    },
  })
  metrics.observe(callboard, journalFile)
  const listeners: Listener[] = []
  const stop = async () => {
    await Promise.all(listeners.map((each) => each.close()))
    await callboard.stop(STOP_GRACE_MS)
    metrics.stop()
  }
  try {
    const certificate = certificateOf(options)
    const callbackListener = await listen(settings.listen, callbackApp(callboard, settings.listen.path).callback(), {
      ...(certificate && { tls: certificate }),
      refuse: callboard.refuse,
      onClosed: (reason) => metrics.countClosed('callback', reason),
    })
    listeners.push(callbackListener)
    const admin = localAdmin({
      callboard,
      journal,
      log,
      delivers: true,
      ...(journalFile !== undefined && { journalFile }),
      ...(options.retention && { retention: options.retention }),
    })
    const adminListener = await listen(settings.admin, adminApp({ ...callboard, admin, metrics }, settings.admin).callback(), {
      refuse: answerFault,
      connections: MAX_ADMIN_CONNECTIONS,
      onClosed: (reason) => metrics.countClosed('admin', reason),
    })
    listeners.push(adminListener)
    return {
      callboard,
      callbackUrl: urlOf(callbackListener.scheme, callbackListener, settings.listen.path),
      adminUrl: urlOf(adminListener.scheme, adminListener),
      reload: async (next) => {
        const { allow, proxies } = next.settings.listen
        const nextCertificate = certificateOf(next)
        callboard.setApps(next.apps)
        admit = createIpFilter(allow, proxies)
        if (nextCertificate) callbackListener.setTls(nextCertificate)
      },
      setReloadResult: metrics.setReloadResult,
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}
