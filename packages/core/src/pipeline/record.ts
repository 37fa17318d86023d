import { type Either, left, right } from 'fp-ts/lib/Either.js'
import { routeOf } from '../delivery/routing.ts'
import type { NotRecordedReason } from '../fault.ts'
import type { NewEvent } from '../journal/journal.ts'
import { storedOf } from '../journal/stored-event.ts'
import type { Options } from '../options.ts'
import type { Emit } from '../telemetry/events.ts'
import type { Clock } from '../util/clock.ts'
import type { AppendQueue, StoreResult } from './append-queue.ts'
import type { Decided, Recorded, Rejection } from './context.ts'
import { ANSWER_DEADLINE_MS, HOLD_DEADLINE_MS, MAX_HELD_RESPONSES } from './deadlines.ts'
import type { DecisionPolicies } from './decision-policy.ts'
import { dedupeKeyOf } from './dedupe-key.ts'

const newEvent = (routes: Options['routes'], { event, json, decision }: Decided): NewEvent => {
  const dedupeKey = dedupeKeyOf(json, event.raw)
  return {
    ...storedOf(event),
    // A quarantined event is delivered only after it was reprocessed.
    sinks: event.status === 'quarantined' ? [] : routeOf(routes, event.command),
    ...(dedupeKey !== undefined && { dedupeKey }),
    ...(decision && { decision }),
  }
}

const lateReason = (queue: AppendQueue): NotRecordedReason => {
  const error = queue.journalError()
  if (error === undefined) return 'late'
  return error === 'late' || error === 'full' ? error : 'down'
}

interface RecordDeps {
  readonly queue: AppendQueue
  readonly routes: Options['routes']
  readonly policies: DecisionPolicies
  readonly clock: Clock
  readonly emit: Emit
}

/**
 * Appends the event and one delivery per routed sink to the journal. It waits until the answer is due. After that an after-callback is
 * held, so that its 503 leaves late enough to be repeated. The append goes on in any case: the event may be stored after a 503.
 */
export const record = ({ queue, routes, policies, clock, emit }: RecordDeps) => {
  const at = (time: number, task: () => void) => clock.after(time - clock.elapsed(), task)
  let heldResponses = 0

  return (context: Decided): Promise<Either<Rejection, Recorded>> =>
    new Promise((resolve) => {
      const { id, command } = context.event
      const isBefore = policies.has(command)
      let isAnswered = false
      let isHeld = false
      let cancelTimer = () => {}

      const answer = (result: Either<Rejection, Recorded>) => {
        isAnswered = true
        cancelTimer()
        if (isHeld) heldResponses -= 1
        resolve(result)
      }
      const fail = (reason: NotRecordedReason) => answer(left({ fault: { _tag: 'NotRecorded', reason }, context }))
      const timeOut = () => fail(lateReason(queue))
      const holdResponse = () => {
        if (isBefore || heldResponses >= MAX_HELD_RESPONSES) return timeOut()
        isHeld = true
        heldResponses += 1
        cancelTimer = at(context.headAt + HOLD_DEADLINE_MS, timeOut)
      }
      cancelTimer = at(context.headAt + ANSWER_DEADLINE_MS, holdResponse)

      const onStored = (result: StoreResult) => {
        if (isAnswered) {
          if (result.type === 'recorded') emit({ type: 'late-record', command, id })
          return
        }
        if (result.type === 'recorded' || result.type === 'duplicate') return answer(right({ ...context, appended: result }))
        // The vendor takes a fast 503 as final. An after-callback that can never be stored therefore waits for the end of the hold.
        if (result.type === 'unrecorded' && (result.reason === 'full' || result.reason === 'closed' || isBefore)) fail(result.reason)
      }
      queue.add(newEvent(routes, context), context, onStored)
    })
}
