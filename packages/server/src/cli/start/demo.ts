import type { App, Emit, Plugin, TelemetryEvent } from '@callboard/core'
import type { RunningServer, ServerOptions } from '../../http/server.ts'
import { sampleBody } from '../shared/sample-body.ts'

const DELIVERY_TIMEOUT_MS = 10_000

/** Waits until one event has reached these sinks. */
const follower = () => {
  const arrived = new Map<string, Set<string>>()
  let look = () => {}
  const tell: Emit = (signal: TelemetryEvent) => {
    if (signal.type !== 'attempt' || signal.outcome !== 'delivered') return
    arrived.set(signal.id, (arrived.get(signal.id) ?? new Set()).add(signal.sink))
    look()
  }
  const reached = (id: string, sinks: readonly string[]) =>
    new Promise<readonly string[]>((resolve) => {
      const done = () => {
        clearTimeout(timer)
        resolve(sinks.filter((sink) => arrived.get(id)?.has(sink)))
      }
      const timer = setTimeout(done, DELIVERY_TIMEOUT_MS)
      look = () => {
        if (sinks.every((sink) => arrived.get(id)?.has(sink))) done()
      }
      look()
    })
  return { tell, reached }
}

/** The first sample of the demo: sends one signed callback to itself and says how far it got. */
export const demo = () => {
  const { tell, reached } = follower()

  const run = async (say: (text: string) => void, service: ServerOptions, served: RunningServer): Promise<void> => {
    const app: App | undefined = service.apps[0]
    const plugin: Plugin | undefined = service.plugins[0]
    if (!app || !plugin) return say('demo: there is no plugin to send a sample of')
    const token = app.tokens?.[0]
    const body = sampleBody(plugin, Date.now())
    const { send } = await import('@callboard/testing')
    const answer = await send({
      to: served.callbackUrl,
      app: app.sdkAppId,
      command: plugin.command,
      body,
      ...(token !== undefined && { token }),
    })
    say(`demo: sent ${plugin.command}, answered HTTP ${answer.status} ${answer.text} in ${answer.ms.toFixed(0)} ms`)
    const { events } = await served.callboard.journal.find({ limit: 1, order: 'newest', command: plugin.command })
    const [event] = events
    if (!event) return say('demo: the sample is not in the journal; see the lines above')
    const sinks = event.deliveries.map(({ sink }) => sink)
    const delivered = await reached(event.id, sinks)
    const missing = sinks.filter((sink) => !delivered.includes(sink))
    say(
      `demo: event ${event.id} delivered to ${delivered.join(', ') || 'no sink'}${missing.length > 0 ? `; still on its way to ${missing.join(', ')}` : ''}`,
    )
    const secret = token === undefined ? '' : ` --token ${token}`
    say(`demo: send another with: callboard send ${plugin.command} --to ${served.callbackUrl} --app ${app.sdkAppId}${secret}`)
  }
  return { tell, run }
}
