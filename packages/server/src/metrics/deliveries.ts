import type { Emit } from '@callboard/core'
import { Counter, Histogram, type Registry } from 'prom-client'

const ATTEMPT_BUCKETS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 30, 60]
/** From milliseconds to the three days that the retries may take. */
const LATENCY_BUCKETS = [0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300, 1_800, 3_600, 21_600, 86_400, 259_200]

/** Counts attempts to deliver. `now`: milliseconds since the Unix epoch. */
export const deliveryMetrics = (registry: Registry, now: () => number): Emit => {
  const registers = [registry]
  const attempts = new Counter({
    name: 'callboard_attempts_total',
    help: 'Attempts to deliver, by sink and outcome: delivered, retry, dead, released (given back at a stop).',
    labelNames: ['sink', 'outcome'],
    registers,
  })
  const seconds = new Histogram({
    name: 'callboard_attempt_seconds',
    help: 'What one attempt took.',
    labelNames: ['sink'],
    buckets: ATTEMPT_BUCKETS,
    registers,
  })
  const latency = new Histogram({
    name: 'callboard_delivery_latency_seconds',
    help: 'From the arrival of a callback to its delivery.',
    labelNames: ['sink'],
    buckets: LATENCY_BUCKETS,
    registers,
  })
  return (signal) => {
    if (signal.type !== 'attempt') return
    const { sink, outcome, ms, receivedAt } = signal
    attempts.inc({ sink, outcome })
    seconds.observe({ sink }, ms / 1_000)
    if (outcome === 'delivered') latency.observe({ sink }, Math.max(0, now() - receivedAt) / 1_000)
  }
}
