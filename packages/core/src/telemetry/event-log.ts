import { type Fault, type FaultOf, reasonOf } from '../fault.ts'
import type { Clock } from '../util/clock.ts'
import type { Log } from '../util/log.ts'
import { createSkewDetector } from './clock-skew.ts'
import type { Emit, TelemetryEvent, TelemetryEventOf } from './events.ts'
import { createLogThrottle } from './log-throttle.ts'

const errorOf = (fault: Fault): unknown => ('error' in fault ? fault.error : undefined)

/** Writes into the log what an operator should know; everything else is for counters. */
export const createEventLog = (log: Log, clock: Clock): Emit => {
  const sparingly = createLogThrottle(clock)
  const skews = createSkewDetector()
  /** Replays of old requests look the same, but only from one side. */
  const noteSkew = ({ skew }: FaultOf<'Unauthorized'>) => {
    if (skew === undefined || !skews.recordSkew(clock.elapsed())) return
    const direction = skew > 0 ? 'ahead of' : 'behind'
    log.error({ skew }, `genuine requests are refused: this clock is about ${Math.abs(skew)} s ${direction} theirs; is it set by NTP?`)
  }

  const answered = ({ fault, event, status, warning }: TelemetryEventOf<'answered'>) => {
    if (fault?._tag === 'Unauthorized') noteSkew(fault)
    else if (event) skews.recordInWindow()
    if (!fault && !warning) return
    const about = { ...(event && { id: event.id, command: event.command }), ...(warning && { warning }) }
    if (!fault) return log.warn(about, 'a decision was not answered as it was given')
    const cause = reasonOf(fault)
    const fields = { fault: fault._tag, ...(cause && { cause }), status, ...about }
    if (fault._tag === 'Defect') log.error({ ...fields, err: fault.error }, 'unexpected error; please report it')
    else if (fault._tag === 'InvalidBody') log.warn({ ...fields, reasons: fault.reasons }, 'the body does not fit its codec: quarantined')
    else if (fault._tag === 'DecideFailed') log.warn({ ...fields, err: errorOf(fault) }, 'a decision failed: the fallback was answered')
    else if (fault._tag === 'DecideLate') log.warn(fields, 'a decision came too late: the fallback was answered')
    else if (fault._tag === 'UnknownCommand')
      sparingly(`UnknownCommand ${event?.command}`, () => log.warn(fields, 'no plugin declares this command: stored as unknown'))
    else
      sparingly(`${fault._tag} ${cause}`, (others) =>
        log.warn({ ...fields, ...(others > 0 && { others }) }, status === 200 ? 'answered in time, but not recorded' : 'request refused'),
      )
  }

  const attempt = (signal: TelemetryEventOf<'attempt'>) => {
    if (signal.outcome === 'delivered') return
    const { type: _, receivedAt: __, outcome, ...fields } = signal
    if (outcome === 'dead') log.error(fields, 'delivery is dead')
    if (outcome === 'retry')
      sparingly(`retry ${fields.sink}`, (others) =>
        log.warn({ ...fields, ...(others > 0 && { others }) }, 'delivery failed; it is tried again later'),
      )
  }

  const health = ({ type: _, health, ...fields }: TelemetryEventOf<'sink'>) => {
    if (health === 'healthy') log.info(fields, 'the sink is well: deliveries go on')
    if (health === 'half-open') log.info(fields, 'the sink rested: one delivery at a time is tried')
    if (health === 'open') log.warn(fields, 'the sink is left alone for a while; what it is to get waits')
    if (health === 'paused') log.error(fields, 'the sink is gone and gets nothing more; what it is to get waits until it is resumed')
    if (health === 'stalled') log.error(fields, 'deliveries stand still: the journal is in trouble')
  }

  return (signal: TelemetryEvent) => {
    switch (signal.type) {
      case 'answered':
        return answered(signal)
      case 'append':
        return undefined
      case 'attempt':
        return attempt(signal)
      case 'sink':
        return health(signal)
      case 'journal':
        return signal.code
          ? log.error(
              { why: signal.code, error: signal.error },
              'the journal does not take events; answers are held or refused until it does',
            )
          : log.info({}, 'the journal takes events again')
      case 'late-record':
        return log.warn({ id: signal.id, command: signal.command }, 'an event was stored after its answer had to be 503')
      case 'late-decision':
        return log.warn({ id: signal.id, command: signal.command }, 'a decision settled after its fallback had been answered')
    }
  }
}
