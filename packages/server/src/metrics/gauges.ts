import { stat, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Dispatcher, Journal, SinkState } from '@callboard/core'
import { Gauge, type Registry } from 'prom-client'

/** The parts of a Callboard that the gauges read. */
export interface GaugeSources extends Pick<Dispatcher, 'sinks' | 'unavailableReasons' | 'clockSkew'> {
  readonly journal: Pick<Journal, 'stats' | 'blocked' | 'durability'>
}

/** Gauges that are updated only when they are collected. */
export interface Gauges {
  readonly collect: () => Promise<void>
  readonly stop: () => void
}

const MAX_BLOCKED_KEYS = 1_000
/** The label of sinks that the configuration no longer names. */
const REMOVED = '(removed)'
const breakerStates: Readonly<Record<SinkState['health'], number>> = { healthy: 0, stalled: 0, paused: 0, 'half-open': 1, open: 2 }

const fileSize = async (file: string): Promise<number> =>
  stat(file).then(
    ({ size }) => size,
    () => 0,
  )

/** Returns the bytes that a SQLite journal uses, and the free bytes of its disk. Returns undefined if they cannot be read. */
const diskUsage = async (journalFile: string | undefined): Promise<{ readonly used: number; readonly free: number } | undefined> => {
  if (journalFile === undefined) return undefined
  try {
    const { bavail, bsize } = await statfs(dirname(journalFile))
    const sizes = await Promise.all(['', '-wal', '-shm'].map((suffix) => fileSize(`${journalFile}${suffix}`)))
    return { used: sizes.reduce((sum, size) => sum + size, 0), free: bavail * bsize }
  } catch {
    return undefined
  }
}

/** Creates gauges of the sinks, the journal and the event loop. `now` returns milliseconds since the Unix epoch. */
export const createGauges = (
  registry: Registry,
  { sinks, unavailableReasons, clockSkew, journal }: GaugeSources,
  now: () => number,
  journalFile: string | undefined,
): Gauges => {
  const registers = [registry]
  const gauge = (name: string, help: string, ...labelNames: readonly string[]) =>
    new Gauge({ name: `callboard_${name}`, help, labelNames, registers })
  const perSink = {
    oldest: gauge('oldest_pending_seconds', 'Age of the oldest event that is pending for this sink. Alert on this metric.', 'sink'),
    pending: gauge('pending', 'Deliveries that are waiting or in flight.', 'sink'),
    dead: gauge('dead', 'Deliveries that failed permanently and can be replayed.', 'sink'),
    delayed: gauge('retry_scheduled', 'Deliveries that failed and wait for another attempt, counted up to 1000.', 'sink'),
    blocked: gauge('blocked_keys', 'Keys that wait behind a failed delivery, counted up to 1000.', 'sink'),
    inFlight: gauge('in_flight', 'Attempts in flight.', 'sink'),
    breaker: gauge('breaker_state', 'Circuit breaker: 0 closed, 1 half-open, 2 open.', 'sink'),
    paused: gauge('sink_paused', '1: the sink is paused and gets no deliveries until it is resumed.', 'sink'),
  }
  const events = gauge('journal_events', 'Events in the journal.')
  const bodyBytes = gauge('journal_body_bytes', 'Bytes of the bodies in the journal.')
  const usedBytes = gauge('journal_bytes', 'Bytes that the journal uses on disk.')
  const freeBytes = gauge('journal_free_bytes', 'Free bytes on the disk of the journal.')
  const writable = gauge('journal_writable', '1: the journal stores events. 0: it does not, and no callback is answered OK.')
  const durability = gauge('journal_durability', 'The durability that an OK stands for: the level with value 1.', 'level')
  const skew = gauge(
    'clock_skew_seconds',
    'How far the clock of this machine is ahead of genuine requests, or behind if negative. 0: it is not known to differ.',
  )
  const lag = gauge('event_loop_lag_seconds', 'The longest delay of the event loop since the last collection.')
  durability.set({ level: journal.durability }, 1)
  const delay = monitorEventLoopDelay({ resolution: 10 })
  delay.enable()

  const collectSinks = async () => {
    const known = sinks()
    // Without statistics there are no values. Stale ones would hide the failure.
    for (const each of [...Object.values(perSink), events, bodyBytes]) each.reset()
    const stats = await journal.stats().catch(() => undefined)
    if (!stats) return
    for (const { name, health, inFlight } of known) {
      const label = { sink: name }
      const { pending = 0, dead = 0, delayed = 0, oldestPending } = stats.sinks[name] ?? {}
      perSink.pending.set(label, pending)
      perSink.dead.set(label, dead)
      perSink.delayed.set(label, delayed)
      perSink.oldest.set(label, oldestPending === undefined ? 0 : Math.max(0, now() - oldestPending) / 1_000)
      perSink.blocked.set(label, delayed === 0 ? 0 : (await journal.blocked(name, MAX_BLOCKED_KEYS)).length)
      perSink.inFlight.set(label, inFlight)
      perSink.breaker.set(label, breakerStates[health])
      perSink.paused.set(label, health === 'paused' ? 1 : 0)
    }
    const removed = Object.entries(stats.sinks).filter(([name]) => !known.some((sink) => sink.name === name))
    for (const [, { pending, dead }] of removed) {
      perSink.pending.inc({ sink: REMOVED }, pending)
      perSink.dead.inc({ sink: REMOVED }, dead)
    }
    events.set(stats.events)
    bodyBytes.set(stats.bytes)
  }

  return {
    collect: async () => {
      writable.set(unavailableReasons().length === 0 ? 1 : 0)
      skew.set(clockSkew() ?? 0)
      lag.set(delay.max / 1e9)
      delay.reset()
      const disk = await diskUsage(journalFile)
      if (disk) {
        usedBytes.set(disk.used)
        freeBytes.set(disk.free)
      }
      await collectSinks()
    },
    stop: () => delay.disable(),
  }
}
