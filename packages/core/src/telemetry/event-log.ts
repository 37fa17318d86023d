import { type Fault, type FaultOf, reasonOf } from '../fault.ts'
import type { Clock } from '../util/clock.ts'
import type { Log } from '../util/log.ts'
import { createSkewDetector, type SkewDetector } from './clock-skew.ts'
import type { Emit, SinkHealth, TelemetryEvent, TelemetryEventOf } from './events.ts'
import { createLogThrottle } from './log-throttle.ts'

const errorOf = (fault: Fault): unknown => ('error' in fault ? fault.error : undefined)

const addressOf = (fault: Fault) => (fault._tag === 'Unauthorized' && fault.address !== undefined ? { address: fault.address } : {})

const HEALTH_LINES: Readonly<Record<SinkHealth, { readonly level: keyof Log; readonly message: string }>> = {
  healthy: { level: 'info', message: 'circuit breaker closed' },
  'half-open': { level: 'info', message: 'circuit breaker half-open; sending one delivery' },
  open: { level: 'warn', message: 'circuit breaker opened; deliveries to this sink are paused' },
  paused: { level: 'error', message: 'sink paused; run "callboard sinks resume NAME"' },
  stalled: { level: 'error', message: 'deliveries stopped; the journal fails' },
}

/** Writes the telemetry events that an operator should know of into the log. */
export const createEventLog = (log: Log, clock: Clock, skewDetector: SkewDetector = createSkewDetector()): Emit => {
  const throttled = createLogThrottle(clock)

  /** Replayed requests are out of time as well, but only in one direction and between requests in time. */
  const warnAboutSkew = ({ skew }: FaultOf<'Unauthorized'>) => {
    if (skew === undefined || !skewDetector.recordSkew(skew, clock.elapsed())) return
    const direction = skew > 0 ? 'ahead of' : 'behind'
    log.error({ skew }, `clock skew: this machine is about ${Math.abs(skew)} s ${direction} Tencent; check NTP`)
  }

  const logAnswered = ({ fault, event, status, warning }: TelemetryEventOf<'answered'>) => {
    if (fault?._tag === 'Unauthorized') warnAboutSkew(fault)
    else if (event) skewDetector.recordInWindow()
    if (!fault && !warning) return
    const about = { ...(event && { id: event.id, command: event.command }), ...(warning && { warning }) }
    if (!fault) return log.warn(about, 'decision answered with a change')
    const reason = reasonOf(fault)
    const fields = { fault: fault._tag, ...(reason && { reason }), ...addressOf(fault), status, ...about }
    if (fault._tag === 'Defect') log.error({ ...fields, err: fault.error }, 'unexpected error; please report it')
    else if (fault._tag === 'InvalidBody') log.warn({ ...fields, reasons: fault.reasons }, 'invalid body; event quarantined')
    else if (fault._tag === 'DecideFailed') log.warn({ ...fields, err: errorOf(fault) }, 'decision failed; answered with the fallback')
    else if (fault._tag === 'DecideLate') log.warn(fields, 'decision timed out; answered with the fallback')
    else if (fault._tag === 'UnknownCommand')
      throttled(`UnknownCommand ${event?.command}`, () => log.warn(fields, 'unknown command; no plugin declares it'))
    else
      throttled(`${fault._tag} ${reason}`, (suppressed) =>
        log.warn(
          { ...fields, ...(suppressed > 0 && { suppressed }) },
          status === 200 ? 'event not stored; callback was answered all the same' : 'request refused',
        ),
      )
  }

  const logAttempt = ({ type: _, receivedAt: __, outcome, stack, ...fields }: TelemetryEventOf<'attempt'>) => {
    const { sink, command, error } = fields
    if (stack !== undefined)
      throttled(`stack ${sink} ${command}`, () => log.warn({ sink, command, error, stack }, 'hook of a plugin threw'))
    if (outcome === 'dead') log.error(fields, 'delivery failed permanently; see "callboard dead list"')
    if (outcome === 'retry')
      throttled(`retry ${sink}`, (suppressed) =>
        log.warn({ ...fields, ...(suppressed > 0 && { suppressed }) }, 'delivery failed; it is retried'),
      )
  }

  return (event: TelemetryEvent) => {
    switch (event.type) {
      case 'answered':
        return logAnswered(event)
      case 'append':
        return undefined
      case 'attempt':
        return logAttempt(event)
      case 'sink': {
        const { type: _, health, ...fields } = event
        const { level, message } = HEALTH_LINES[health]
        return log[level]({ ...fields, health }, message)
      }
      case 'journal':
        return event.code
          ? log.error({ code: event.code, error: event.error }, 'journal does not accept events; answers wait or fail')
          : log.info({}, 'journal accepts events again')
      case 'late-record':
        return log.warn({ id: event.id, command: event.command }, 'event stored after a 503 response')
      case 'late-decision':
        return log.warn({ id: event.id, command: event.command }, 'decision ended after the fallback was answered')
    }
  }
}
