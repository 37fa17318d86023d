import type { Emit, Options } from '@callboard/core'
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import { packageJson } from '../util/package-json.ts'
import { type CloseReason, createClosedCounter, type ListenerName } from './closed-connections.ts'
import { createCounters } from './counters.ts'
import { createGauges, type GaugeSources, type Gauges } from './gauges.ts'

/** The metrics of a running server, for Prometheus. */
export interface Metrics {
  /** Counts a telemetry event. */
  readonly record: Emit
  /** Counts a connection that the server ended. */
  readonly countClosed: (listener: ListenerName, reason: CloseReason) => void
  /** Sets whether the last reload of the configuration succeeded. */
  readonly setReloadResult: (successful: boolean) => void
  /** Adds the gauges of a Callboard. `journalFile` is the file of its journal. */
  readonly observe: (sources: GaugeSources, journalFile?: string) => void
  readonly contentType: string
  /** Collects all metrics and returns them as text. */
  readonly text: () => Promise<string>
  readonly stop: () => void
}

/**
 * Creates the metrics of one server, with a registry of their own. Label values come only from the configuration and from plugins.
 * `droppedLogLines` returns the number of log lines that could not be written.
 */
export const createMetrics = (
  options: Pick<Options, 'apps' | 'plugins'>,
  now: () => number,
  droppedLogLines: () => number = () => 0,
): Metrics => {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  new Gauge({ name: 'callboard_build_info', help: 'The running version.', labelNames: ['version'], registers: [registry] }).set(
    { version: packageJson.version },
    1,
  )
  const reload = new Gauge({
    name: 'callboard_config_last_reload_successful',
    help: '1: the last reload of the configuration succeeded. 0: it failed, and the configuration before it stays in use.',
    registers: [registry],
  })
  reload.set(1)
  new Counter({
    name: 'callboard_log_lines_dropped_total',
    help: 'Lines of the log and of the console that were dropped because standard output or standard error failed or took no data.',
    registers: [registry],
    collect() {
      this.reset()
      this.inc(droppedLogLines())
    },
  })
  let gauges: Gauges | undefined
  return {
    record: createCounters(registry, options, now),
    countClosed: createClosedCounter(registry),
    setReloadResult: (successful) => reload.set(successful ? 1 : 0),
    observe: (sources, journalFile) => {
      gauges = createGauges(registry, sources, now, journalFile)
    },
    contentType: registry.contentType,
    text: async () => {
      await gauges?.collect()
      return registry.metrics()
    },
    stop: () => gauges?.stop(),
  }
}
