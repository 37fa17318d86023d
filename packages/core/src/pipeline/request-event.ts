import type { Either } from 'fp-ts/lib/Either.js'
import type { SignalOf } from '../telemetry/events.ts'
import type { Failed, Recorded } from './context.ts'

type Answered = SignalOf<'answered'>

/** `duplicateOf`: the id of the copy that was stored before. */
const eventOf = ({ callback }: Pick<Failed, 'callback'>, duplicateOf?: string): Pick<Answered, 'event'> => {
  if (!callback) return {}
  const { id, app, command, status } = callback.event
  return { event: { id: duplicateOf ?? id, app, command, status, duplicate: duplicateOf !== undefined } }
}

/** What is told of a request that was answered. `ms`: from the head to the answer. */
export const answered = (outcome: Either<Failed, Recorded>, status: number, ms: number): Answered => {
  if (outcome._tag === 'Left') return { type: 'answered', status, ms, fault: outcome.left.fault, ...eventOf(outcome.left) }
  const { decideFault, fault = decideFault, decision, appended } = outcome.right
  return {
    type: 'answered',
    status,
    ms,
    ...(fault && { fault }),
    ...(decision?.complaint && { complaint: decision.complaint }),
    ...eventOf({ callback: outcome.right }, appended.as === 'duplicate' ? appended.id : undefined),
  }
}
