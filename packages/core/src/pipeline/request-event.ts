import type { Either } from 'fp-ts/lib/Either.js'
import type { TelemetryEventOf } from '../telemetry/events.ts'
import type { Recorded, Rejection, RequestContext } from './context.ts'

type AnsweredEvent = TelemetryEventOf<'answered'>

const eventFields = ({ event }: RequestContext, duplicateOf?: string): Pick<AnsweredEvent, 'event'> => {
  if (!event) return {}
  const { id, app, command, status } = event
  return { event: { id: duplicateOf ?? id, app, command, status, duplicate: duplicateOf !== undefined } }
}

/** Builds the telemetry event of an answered request. `ms` is the time from the HTTP headers to the answer. */
export const requestEvent = (outcome: Either<Rejection, Recorded>, status: number, ms: number): AnsweredEvent => {
  if (outcome._tag === 'Left') return { type: 'answered', status, ms, fault: outcome.left.fault, ...eventFields(outcome.left.context) }
  const { decideFault, fault = decideFault, decision, appended } = outcome.right
  return {
    type: 'answered',
    status,
    ms,
    ...(fault && { fault }),
    ...(decision?.warning && { warning: decision.warning }),
    ...eventFields(outcome.right, appended.type === 'duplicate' ? appended.id : undefined),
  }
}
