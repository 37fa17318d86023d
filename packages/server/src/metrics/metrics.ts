import type { Emit, Options } from '@callboard/core'
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import { packageJson } from '../util/package-json.ts'
import { deliveryMetrics } from './deliveries.ts'
import { gauges, type Observed } from './gauges.ts'
import { requestMetrics } from './requests.ts'
import { spaceOf } from './space.ts'

/** What Prometheus is shown of a running server. */
export interface Metrics {
  /** Counts. */
  readonly tell: Emit
  /** The configuration was read again, and taken or not. */
  readonly reloaded: (successful: boolean) => void
  /** Looks at this Callboard whenever somebody asks; `journal`: its file, if it has one. */
  readonly observe: (callboard: Observed, journal?: string) => void
  readonly contentType: string
  /** All the numbers, as text. */
  readonly text: () => Promise<string>
  readonly stop: () => void
}

/** Metrics of one server, in a registry of their own. Label values come from the configuration and from known commands only. */
export const createMetrics = (options: Pick<Options, 'apps' | 'plugins'>, now: () => number): Metrics => {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  new Gauge({ name: 'callboard_build_info', help: 'The version that runs.', labelNames: ['version'], registers: [registry] }).set(
    { version: packageJson.version },
    1,
  )
  const reload = new Gauge({
    name: 'callboard_config_last_reload_successful',
    help: '0: the configuration was read again and has mistakes, so that the one before still holds.',
    registers: [registry],
  })
  reload.set(1)
  const tells = [requestMetrics(registry, options), deliveryMetrics(registry, now)]
  let observed: ReturnType<typeof gauges> | undefined
  return {
    tell: (signal) => {
      for (const tell of tells) tell(signal)
    },
    reloaded: (successful) => reload.set(successful ? 1 : 0),
    observe: (callboard, journal) => {
      observed = gauges(registry, callboard, now, () => spaceOf(journal))
    },
    contentType: registry.contentType,
    text: async () => {
      await observed?.collect()
      return registry.metrics()
    },
    stop: () => observed?.stop(),
  }
}
