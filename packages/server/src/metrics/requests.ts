import { type Emit, type Fault, type Options, reasonOf } from '@callboard/core'
import { Counter, Histogram, type Registry } from 'prom-client'

/** Seconds; the vendor stops waiting at 2. */
const ANSWER_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 1.5, 1.8, 2, 2.5]
const COMMIT_BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]
const BATCH_BUCKETS = [1, 2, 4, 8, 16, 32, 64, 128, 256]

/** The label of everything that the configuration does not name: what senders make up makes no series. */
const OTHER = 'other'

const inWords = (tag: string): string => tag.replace(/(?<!^)[A-Z]/g, (letter) => `_${letter}`).toLowerCase()

/** `bad_sign`, `too_large`: why a request was refused, or what went wrong with one that was not. */
const reasonLabel = (fault: Fault): string => reasonOf(fault) ?? inWords(fault._tag)

const OWN_FAULTS: ReadonlySet<Fault['_tag']> = new Set(['NotRecorded', 'Overloaded', 'Defect'])

const resultOf = (fault: Fault | undefined, duplicate: boolean, accepted: boolean): 'ok' | 'dup' | 'rejected' | 'error' => {
  if (fault && OWN_FAULTS.has(fault._tag)) return 'error'
  if (!accepted) return 'rejected'
  return duplicate ? 'dup' : 'ok'
}

/** Counts what arrives, how it is answered, and what the journal's commits take. */
export const requestMetrics = (registry: Registry, { apps, plugins }: Pick<Options, 'apps' | 'plugins'>): Emit => {
  const registers = [registry]
  const received = new Counter({
    name: 'callboard_callbacks_received_total',
    help: 'Requests answered, by app, command and result: ok, dup (already stored), rejected, error (ours).',
    labelNames: ['app', 'command', 'result'],
    registers,
  })
  const answers = new Histogram({
    name: 'callboard_callback_answer_seconds',
    help: 'From the head of a request to its answer; the vendor waits 2 s.',
    buckets: ANSWER_BUCKETS,
    registers,
  })
  const rejects = new Counter({
    name: 'callboard_rejects_total',
    help: 'Requests refused, by reason.',
    labelNames: ['reason'],
    registers,
  })
  const oddities = new Counter({
    name: 'callboard_oddities_total',
    help: 'Requests answered all the same: unknown_command, invalid_body (quarantined), decide_failed, decide_late, late_record, late_decision.',
    labelNames: ['kind'],
    registers,
  })
  const commits = new Histogram({
    name: 'callboard_journal_commit_seconds',
    help: 'What one append to the journal took.',
    buckets: COMMIT_BUCKETS,
    registers,
  })
  const batches = new Histogram({
    name: 'callboard_journal_batch_size',
    help: 'Events in one append.',
    buckets: BATCH_BUCKETS,
    registers,
  })

  const ours = new Set(apps.map(({ sdkAppId }) => sdkAppId))
  const commands = new Set(plugins.map(({ command }) => command))

  return (signal) => {
    if (signal.type === 'append') {
      commits.observe(signal.ms / 1_000)
      batches.observe(signal.events)
    }
    if (signal.type === 'late-record' || signal.type === 'late-decision') oddities.inc({ kind: inWords(signal.type.replace('-', '_')) })
    if (signal.type !== 'answered') return
    const { event, fault, ms } = signal
    const accepted = event !== undefined
    received.inc({
      app: accepted && ours.has(event.app) ? String(event.app) : OTHER,
      command: accepted && commands.has(event.command) ? event.command : OTHER,
      result: resultOf(fault, event?.duplicate ?? false, accepted),
    })
    answers.observe(ms / 1_000)
    if (!fault) return
    if (accepted && !OWN_FAULTS.has(fault._tag)) oddities.inc({ kind: inWords(fault._tag) })
    else rejects.inc({ reason: reasonLabel(fault) })
  }
}
