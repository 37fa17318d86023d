import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Dispatcher, Journal, SinkState } from '@callboard/core'
import { Gauge, type Registry } from 'prom-client'

/** What the gauges look at when they are asked. */
export interface Observed extends Pick<Dispatcher, 'sinks' | 'unavailableReasons'> {
  readonly journal: Pick<Journal, 'stats' | 'blocked' | 'durability'>
}

const MOST_BLOCKED = 1_000
const BREAKER: Readonly<Record<SinkState['health'], number>> = { healthy: 0, stalled: 0, paused: 0, 'half-open': 1, open: 2 }

/**
 * Numbers that are read when somebody asks for them; `space` gives the bytes on the disk. A sink that the configuration no longer
 * names is counted under `(removed)`.
 */
export const gauges = (
  registry: Registry,
  { sinks, unavailableReasons, journal }: Observed,
  now: () => number,
  space: () => Promise<{ readonly used: number; readonly free: number } | undefined>,
): { readonly collect: () => Promise<void>; readonly stop: () => void } => {
  const registers = [registry]
  const of = (name: string, help: string, ...labelNames: readonly string[]) =>
    new Gauge({ name: `callboard_${name}`, help, labelNames, registers })
  const perSink = {
    oldest: of('oldest_pending_seconds', 'Age of the oldest event that still waits for this sink: the number to be alarmed by.', 'sink'),
    pending: of('pending', 'Deliveries that wait or are under way.', 'sink'),
    dead: of('dead', 'Deliveries that were given up, and can be replayed.', 'sink'),
    delayed: of('retry_scheduled', 'Deliveries that failed and wait for another attempt, counted to 1000.', 'sink'),
    blocked: of('blocked_keys', 'Keys that wait behind a failed delivery, counted to 1000.', 'sink'),
    inFlight: of('in_flight', 'Attempts under way.', 'sink'),
    breaker: of('breaker_state', '0 closed, 1 half-open, 2 open.', 'sink'),
    paused: of('sink_paused', '1: the sink is gone, and gets nothing until it is resumed.', 'sink'),
  }
  const events = of('journal_events', 'Events in the journal.')
  const bodies = of('journal_body_bytes', 'Bytes of the bodies in the journal.')
  const used = of('journal_bytes', 'Bytes that the journal takes on the disk.')
  const free = of('journal_free_bytes', 'Bytes that are free on the disk of the journal.')
  const writable = of('journal_writable', '1: the journal takes events; 0: it does not, and no callback is answered OK.')
  const durability = of('engine_durability', 'What an OK means: the level that is 1.', 'level')
  const lag = of('event_loop_lag_seconds', 'The longest time that the event loop stood still since this was last asked.')
  durability.set({ level: journal.durability }, 1)
  const delay = monitorEventLoopDelay({ resolution: 10 })
  delay.enable()

  const collectSinks = async () => {
    const known = sinks()
    // Numbers that cannot be had are left out: old ones would lull.
    for (const gauge of [...Object.values(perSink), events, bodies]) gauge.reset()
    const stats = await journal.stats().catch(() => undefined)
    if (!stats) return
    for (const { name, health, inFlight } of known) {
      const label = { sink: name }
      const { pending = 0, dead = 0, delayed = 0, oldestPending } = stats.sinks[name] ?? {}
      perSink.pending.set(label, pending)
      perSink.dead.set(label, dead)
      perSink.delayed.set(label, delayed)
      perSink.oldest.set(label, oldestPending === undefined ? 0 : Math.max(0, now() - oldestPending) / 1_000)
      perSink.blocked.set(label, delayed === 0 ? 0 : (await journal.blocked(name, MOST_BLOCKED)).length)
      perSink.inFlight.set(label, inFlight)
      perSink.breaker.set(label, BREAKER[health])
      perSink.paused.set(label, health === 'paused' ? 1 : 0)
    }
    const removed = Object.entries(stats.sinks).filter(([name]) => !known.some((sink) => sink.name === name))
    for (const [, { pending, dead }] of removed) {
      perSink.pending.inc({ sink: '(removed)' }, pending)
      perSink.dead.inc({ sink: '(removed)' }, dead)
    }
    events.set(stats.events)
    bodies.set(stats.bytes)
  }

  return {
    collect: async () => {
      writable.set(unavailableReasons().length === 0 ? 1 : 0)
      lag.set(delay.max / 1e9)
      delay.reset()
      const disk = await space()
      if (disk) {
        used.set(disk.used)
        free.set(disk.free)
      }
      await collectSinks()
    },
    stop: () => delay.disable(),
  }
}
