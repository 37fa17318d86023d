import { type Emit, type Fault, type Options, reasonOf } from '@callboard/core'
import { Counter, Histogram, type Registry } from 'prom-client'

/** Seconds. The vendor waits for 2 s. */
const ANSWER_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 1.5, 1.8, 2, 2.5]
const COMMIT_BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]
const BATCH_BUCKETS = [1, 2, 4, 8, 16, 32, 64, 128, 256]
const ATTEMPT_BUCKETS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 30, 60]
/** From milliseconds to the three days that all retries take together. */
const LATENCY_BUCKETS = [0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300, 1_800, 3_600, 21_600, 86_400, 259_200]

/** The label of apps and commands that the configuration does not name. Senders choose those, and could create endless series. */
const OTHER = 'other'

const toSnakeCase = (tag: string): string => tag.replace(/(?<!^)[A-Z]/g, (letter) => `_${letter}`).toLowerCase()

/** Returns the label of a fault, such as `bad_sign` or `too_large`. */
const reasonLabel = (fault: Fault): string => reasonOf(fault) ?? toSnakeCase(fault._tag)

/** Faults of this server. The sender did nothing wrong. */
const SERVER_FAULTS: ReadonlySet<Fault['_tag']> = new Set(['NotRecorded', 'Overloaded', 'Defect'])

const resultOf = (fault: Fault | undefined, duplicate: boolean, accepted: boolean): 'ok' | 'dup' | 'rejected' | 'error' => {
  if (fault && SERVER_FAULTS.has(fault._tag)) return 'error'
  if (!accepted) return 'rejected'
  return duplicate ? 'dup' : 'ok'
}

/** Returns a listener that counts requests and their answers, and measures appends to the journal. */
const countRequests = (registry: Registry, { apps, plugins }: Pick<Options, 'apps' | 'plugins'>): Emit => {
  const registers = [registry]
  const received = new Counter({
    name: 'callboard_callbacks_received_total',
    help: 'Answered requests by app, command and result: ok, dup (already stored), rejected, error (a fault of this server).',
    labelNames: ['app', 'command', 'result'],
    registers,
  })
  const answerSeconds = new Histogram({
    name: 'callboard_callback_answer_seconds',
    help: 'Time from the request head to the answer. The vendor waits for 2 s.',
    buckets: ANSWER_BUCKETS,
    registers,
  })
  const rejected = new Counter({
    name: 'callboard_callbacks_rejected_total',
    help: 'Rejected requests by reason.',
    labelNames: ['reason'],
    registers,
  })
  const degraded = new Counter({
    name: 'callboard_callbacks_degraded_total',
    help: 'Callbacks that were accepted but not handled as usual, by reason: unknown_command, invalid_body (quarantined), decide_failed, decide_late, late_record, late_decision.',
    labelNames: ['reason'],
    registers,
  })
  const commitSeconds = new Histogram({
    name: 'callboard_journal_commit_seconds',
    help: 'Duration of one append to the journal.',
    buckets: COMMIT_BUCKETS,
    registers,
  })
  const batchSize = new Histogram({
    name: 'callboard_journal_batch_size',
    help: 'Number of events in one append.',
    buckets: BATCH_BUCKETS,
    registers,
  })

  const configuredApps = new Set(apps.map(({ sdkAppId }) => sdkAppId))
  const commands = new Set(plugins.map(({ command }) => command))

  return (telemetry) => {
    if (telemetry.type === 'append') {
      commitSeconds.observe(telemetry.ms / 1_000)
      batchSize.observe(telemetry.events)
    }
    if (telemetry.type === 'late-record' || telemetry.type === 'late-decision') degraded.inc({ reason: telemetry.type.replace('-', '_') })
    if (telemetry.type !== 'answered') return
    const { event, fault, ms } = telemetry
    const accepted = event !== undefined
    received.inc({
      app: accepted && configuredApps.has(event.app) ? String(event.app) : OTHER,
      command: accepted && commands.has(event.command) ? event.command : OTHER,
      result: resultOf(fault, event?.duplicate ?? false, accepted),
    })
    answerSeconds.observe(ms / 1_000)
    if (!fault) return
    if (accepted && !SERVER_FAULTS.has(fault._tag)) degraded.inc({ reason: toSnakeCase(fault._tag) })
    else rejected.inc({ reason: reasonLabel(fault) })
  }
}

/** Returns a listener that counts attempts to deliver. `now` returns milliseconds since the Unix epoch. */
const countAttempts = (registry: Registry, now: () => number): Emit => {
  const registers = [registry]
  const attempts = new Counter({
    name: 'callboard_attempts_total',
    help: 'Attempts to deliver, by sink and outcome: delivered, retry, dead, released (interrupted by a stop).',
    labelNames: ['sink', 'outcome'],
    registers,
  })
  const attemptSeconds = new Histogram({
    name: 'callboard_attempt_seconds',
    help: 'Duration of one attempt.',
    labelNames: ['sink'],
    buckets: ATTEMPT_BUCKETS,
    registers,
  })
  const latencySeconds = new Histogram({
    name: 'callboard_delivery_latency_seconds',
    help: 'Time from the arrival of a callback to its delivery.',
    labelNames: ['sink'],
    buckets: LATENCY_BUCKETS,
    registers,
  })
  return (telemetry) => {
    if (telemetry.type !== 'attempt') return
    const { sink, outcome, ms, receivedAt } = telemetry
    attempts.inc({ sink, outcome })
    attemptSeconds.observe({ sink }, ms / 1_000)
    if (outcome === 'delivered') latencySeconds.observe({ sink }, Math.max(0, now() - receivedAt) / 1_000)
  }
}

/** Returns a listener that turns telemetry events into counters and histograms. `now` returns milliseconds since the Unix epoch. */
export const createCounters = (registry: Registry, options: Pick<Options, 'apps' | 'plugins'>, now: () => number): Emit => {
  const listeners = [countRequests(registry, options), countAttempts(registry, now)]
  return (telemetry) => {
    for (const listener of listeners) listener(telemetry)
  }
}
