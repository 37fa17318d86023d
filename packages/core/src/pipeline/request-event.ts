import type { Either } from 'fp-ts/lib/Either.js'
import type { TelemetryEventOf } from '../telemetry/events.ts'
import type { Recorded, Rejection } from './context.ts'

type Answered = TelemetryEventOf<'answered'>

/** `duplicateOf`: the id of the copy that was stored before. */
const eventOf = ({ callback }: Pick<Rejection, 'callback'>, duplicateOf?: string): Pick<Answered, 'event'> => {
  if (!callback) return {}
  const { id, app, command, status } = callback.event
  return { event: { id: duplicateOf ?? id, app, command, status, duplicate: duplicateOf !== undefined } }
}

/** What is told of a request that was answered. `ms`: from the head to the answer. */
export const requestEvent = (outcome: Either<Rejection, Recorded>, status: number, ms: number): Answered => {
  if (outcome._tag === 'Left') return { type: 'answered', status, ms, fault: outcome.left.fault, ...eventOf(outcome.left) }
  const { decideFault, fault = decideFault, decision, appended } = outcome.right
  return {
    type: 'answered',
    status,
    ms,
    ...(fault && { fault }),
    ...(decision?.warning && { warning: decision.warning }),
    ...eventOf({ callback: outcome.right }, appended.type === 'duplicate' ? appended.id : undefined),
  }
}
