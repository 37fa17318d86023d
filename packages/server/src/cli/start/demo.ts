import { createServer } from 'node:net'
import type { Emit } from '@callboard/core'
import type { ServerOptions } from '../../config/service.ts'
import type { RunningServer } from '../../http/server.ts'
import { sampleBody } from '../shared/sample-body.ts'

/** The demo: sends one signed sample to its own server and prints the deliveries. */
export interface Demo {
  /** Observes the deliveries. Must be a listener of the server from its start. */
  readonly listener: Emit
  readonly run: (announce: (text: string) => void, options: ServerOptions, server: RunningServer) => Promise<void>
}

const DELIVERY_TIMEOUT_MS = 10_000
const MAX_PORTS_TRIED = 50

/** Records deliveries and waits for those of one event. */
const createDeliveryTracker = () => {
  const sinksByEvent = new Map<string, Set<string>>()
  let onDelivery = () => {}
  const listener: Emit = (event) => {
    if (event.type !== 'attempt' || event.outcome !== 'delivered') return
    sinksByEvent.set(event.id, (sinksByEvent.get(event.id) ?? new Set()).add(event.sink))
    onDelivery()
  }
  /** Waits until all sinks have the event, or for 10 seconds. Returns the sinks that have it. */
  const waitForDeliveries = (id: string, sinks: readonly string[]) =>
    new Promise<readonly string[]>((resolve) => {
      const delivered = () => sinks.filter((sink) => sinksByEvent.get(id)?.has(sink))
      const finish = () => {
        clearTimeout(timer)
        resolve(delivered())
      }
      const timer = setTimeout(finish, DELIVERY_TIMEOUT_MS)
      onDelivery = () => {
        if (delivered().length === sinks.length) finish()
      }
      onDelivery()
    })
  return { listener, waitForDeliveries }
}

/** Creates the demo. */
export const createDemo = (): Demo => {
  const { listener, waitForDeliveries } = createDeliveryTracker()

  const run: Demo['run'] = async (announce, { apps: [app], plugins: [plugin] }, { callbackUrl, callboard }) => {
    if (!app || !plugin) return announce('demo: no sample sent, because the configuration loads no plugin')
    const { command } = plugin
    const token = app.tokens?.[0]
    const { send } = await import('@callboard/testing')
    const answer = await send({
      to: callbackUrl,
      app: app.sdkAppId,
      command,
      body: sampleBody(plugin, Date.now()),
      ...(token !== undefined && { token }),
    })
    announce(`demo: sent ${command}, answered HTTP ${answer.status} ${answer.text} in ${answer.ms.toFixed(0)} ms`)
    const [event] = (await callboard.journal.find({ limit: 1, order: 'newest', command })).events
    if (!event) return announce('demo: the sample is not in the journal; see the messages above')
    const sinks = event.deliveries.map(({ sink }) => sink)
    const delivered = await waitForDeliveries(event.id, sinks)
    const pending = sinks.filter((sink) => !delivered.includes(sink))
    const rest = pending.length > 0 ? `; still pending: ${pending.join(', ')}` : ''
    announce(`demo: event ${event.id} delivered to ${delivered.join(', ') || 'no sink'}${rest}`)
    const tokenOption = token === undefined ? '' : ` --token ${token}`
    announce(`demo: send another one with: callboard send ${command} --to ${callbackUrl} --app ${app.sdkAppId}${tokenOption}`)
  }
  return { listener, run }
}

const isFree = (host: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, host, () => server.close(() => resolve(true)))
  })

const nextFreePort = async (host: string, first: number): Promise<number> => {
  for (let port = first; port < first + MAX_PORTS_TRIED; port++) if (await isFree(host, port)) return port
  return first
}

/** Returns the options with the next free ports in place of ports that are taken. */
export const withFreePorts = async (options: ServerOptions, announce: (text: string) => void): Promise<ServerOptions> => {
  const { listen, admin } = options.settings
  const moved = {
    listen: { ...listen, port: await nextFreePort(listen.host, listen.port) },
    admin: { ...admin, port: await nextFreePort(admin.host, admin.port) },
  }
  for (const name of ['listen', 'admin'] as const) {
    const configured = options.settings[name].port
    if (moved[name].port !== configured) announce(`port ${configured} is taken: using ${moved[name].port} instead`)
  }
  return { ...options, settings: { ...options.settings, ...moved } }
}
