import { readFile } from 'node:fs/promises'
import { createSecureContext } from 'node:tls'
import { type Emit, type Fault, type Journal, type Log, type Options, systemClock, type WatchdogHook } from '@callboard/core'
import { type Callboard, createCallboard } from '@callboard/koa'
import Koa from 'koa'
import { localAdmin } from '../admin/local-admin.ts'
import { createMetrics } from '../metrics/metrics.ts'
import { isLoopback } from '../util/addresses.ts'
import { OperatorError } from '../util/operator-error.ts'
import { adminApp } from './admin-app.ts'
import { createIpFilter } from './ip-allow-list.ts'
import { type Listener, listen, type Tls, urlOf } from './listener.ts'

/** Where and how to listen, as the configuration has it. */
export interface ListenSettings {
  readonly listen: {
    readonly host: string
    readonly port: number
    readonly path: string
    readonly tls?: { readonly cert: string; readonly key: string }
    readonly allow?: readonly string[]
    readonly proxies?: readonly string[]
  }
  readonly admin: { readonly host: string; readonly port: number; readonly token?: string }
}

/** Everything that is served. */
export interface ServerOptions
  extends Pick<Options, 'apps' | 'plugins' | 'sinks' | 'routes' | 'decisions' | 'limits' | 'retention' | 'clock'> {
  readonly settings: ListenSettings
}

/** A server that is up. */
export interface RunningServer {
  readonly callboard: Callboard
  /** The URL for the vendor's console. */
  readonly callbackUrl: string
  readonly adminUrl: string
  /** Takes over the apps, the address lists and the certificate of another configuration. Throws, and changes nothing, where it cannot. */
  readonly reload: (next: Pick<ServerOptions, 'apps' | 'settings'>) => Promise<void>
  /** Tells whether the configuration could be read again. */
  readonly reloaded: (successful: boolean) => void
  /** Answers what is under way, delivers what it can, closes everything. Takes less than 10 s. */
  readonly stop: () => Promise<void>
}

interface ServerDeps {
  readonly journal: Journal
  /** The file of the journal, where it has one: its size and the space beside it are shown. */
  readonly journalFile?: string
  readonly log: Log
  readonly listener?: Emit
  readonly watch?: WatchdogHook
}

/** Together with the listener's own 2.7 s this stays below the 10 s that a supervisor grants. */
const STOP_GRACE_MS = 5_000

const parserFaults: Readonly<Record<string, Fault>> = {
  HPE_HEADER_OVERFLOW: { _tag: 'HeadersTooLarge' },
  ERR_HTTP_REQUEST_TIMEOUT: { _tag: 'RequestTimeout' },
}

const tlsOf = async (tls: ListenSettings['listen']['tls']): Promise<{ readonly tls?: Tls }> => {
  if (!tls) return {}
  const load = (file: string) =>
    readFile(file).catch((error: unknown) => {
      throw new OperatorError('config', `${file} cannot be read: ${error instanceof Error ? error.message : error}`)
    })
  const pair = { cert: await load(tls.cert), key: await load(tls.key) }
  try {
    createSecureContext(pair)
  } catch (error) {
    throw new OperatorError(
      'config',
      `${tls.cert} and ${tls.key} are no certificate with its key: ${error instanceof Error ? error.message : error}`,
    )
  }
  return { tls: pair }
}

/** The application that the vendor talks to: one path, and the vendor's JSON for everything else. */
const callbackApp = (callboard: Callboard, path: string): Koa => {
  const app = new Koa()
  app.silent = true
  const answer = callboard.middleware()
  app.use((ctx, next) => {
    if (ctx.path === path || ctx.path === `${path}/`) return answer(ctx, next)
    const { status, headers, body } = callboard.refuse({ _tag: 'NotFound' })
    ctx.status = status
    ctx.set(headers)
    ctx.body = body
    return undefined
  })
  return app
}

/** Starts to receive and to deliver: the callback listener, the admin listener and the Callboard behind them. */
export const startServer = async (
  service: ServerOptions,
  { journal, journalFile, log, listener, watch }: ServerDeps,
): Promise<RunningServer> => {
  const { settings, ...parts } = service
  const metrics = createMetrics(service, (service.clock ?? systemClock).now)
  let admit = createIpFilter(settings.listen.allow, settings.listen.proxies)
  const callboard = await createCallboard({
    ...parts,
    journal,
    log,
    ...(watch && { watchdog: watch }),
    admit: (request) => admit(request),
    listener: (signal) => {
      metrics.tell(signal)
      listener?.(signal)
    },
  })
  metrics.observe(callboard, journalFile)
  const opened: Listener[] = []
  const stop = async () => {
    await Promise.all(opened.map((each) => each.close()))
    await callboard.stop(STOP_GRACE_MS)
    metrics.stop()
  }
  try {
    const parserAnswers = (error: Error & { readonly code?: string }) =>
      callboard.refuse(parserFaults[error.code ?? ''] ?? { _tag: 'BadRequest' })
    const callbacks = await listen(settings.listen, callbackApp(callboard, settings.listen.path).callback(), {
      ...(await tlsOf(settings.listen.tls)),
      parserAnswers,
    })
    opened.push(callbacks)
    const operator = localAdmin({
      callboard,
      journal,
      log,
      delivers: true,
      ...(journalFile !== undefined && { journalFile }),
      ...(service.retention && { retention: service.retention }),
    })
    const { host, token } = settings.admin
    const admin = await listen(
      settings.admin,
      adminApp(
        { ...callboard, admin: operator, metrics },
        { loopback: isLoopback(host), ...(token !== undefined && { token }) },
      ).callback(),
    )
    opened.push(admin)
    return {
      callboard,
      callbackUrl: urlOf(callbacks.scheme, callbacks, settings.listen.path),
      adminUrl: urlOf(admin.scheme, admin),
      reload: async (next) => {
        const { allow, proxies, tls } = next.settings.listen
        const { tls: certificate } = await tlsOf(tls)
        callboard.setApps(next.apps)
        admit = createIpFilter(allow, proxies)
        if (certificate) callbacks.setTls(certificate)
      },
      reloaded: metrics.reloaded,
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}
