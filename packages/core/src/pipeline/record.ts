import { type Either, left, right } from 'fp-ts/lib/Either.js'
import { routeOf } from '../delivery/routing.ts'
import type { NotRecordedReason } from '../fault.ts'
import type { NewEvent } from '../journal/journal.ts'
import { storedOf } from '../journal/stored-event.ts'
import type { Options } from '../options.ts'
import type { Emit } from '../telemetry/events.ts'
import type { Clock } from '../util/clock.ts'
import { createDeadlines } from '../util/timers.ts'
import type { AppendQueue, StoreResult } from './append-queue.ts'
import type { Decided, Recorded, Rejection } from './context.ts'
import { ANSWER_DEADLINE_MS, HOLD_DEADLINE_MS, MAX_HELD_RESPONSES } from './deadlines.ts'
import type { DecisionPolicies } from './decision-policy.ts'
import { dedupeKeyOf } from './dedupe-key.ts'

/** The sinks of a route. A quarantined event goes nowhere until it is replayed. */
const sinksFor = (routes: Options['routes'], { event }: Decided): readonly string[] => {
  return event.status === 'quarantined' ? [] : routeOf(routes, event.command)
}

const reasonOf = (writer: AppendQueue): NotRecordedReason => {
  const trouble = writer.trouble()
  return trouble === undefined || trouble === 'late' || trouble === 'full' ? (trouble ?? 'late') : 'down'
}

const newEvent = (routes: Options['routes'], decided: Decided): NewEvent => {
  const { event, json, decision } = decided
  const dedupeKey = dedupeKeyOf(json, event.raw)
  return {
    ...storedOf(event),
    sinks: sinksFor(routes, decided),
    ...(dedupeKey !== undefined && { dedupeKey }),
    ...(decision && { decision }),
  }
}

/**
 * One durable append: the event and a delivery for each routed sink. Waits for it as long as an answer may wait; what comes after
 * that is stored all the same. A before-callback is answered in any case.
 */
export const record = (writer: AppendQueue, routes: Options['routes'], rulings: DecisionPolicies, clock: Clock, tell: Emit) => {
  const [toAnswer, toHold] = [createDeadlines(clock), createDeadlines(clock)]
  let held = 0

  return (decided: Decided): Promise<Either<Rejection, Recorded>> =>
    new Promise((resolve) => {
      const before = rulings.has(decided.event.command)
      const { id, command } = decided.event
      const fail = (reason: NotRecordedReason) =>
        resolve(left({ fault: { _tag: 'NotRecorded', reason }, callback: decided, ...(before && { instead: decided.answer }) }))

      let answered = false
      let holding = false
      let stopWaiting = () => {}
      const release = () => {
        answered = true
        stopWaiting()
        if (holding) held -= 1
      }
      const tooLate = () => {
        release()
        fail(reasonOf(writer))
      }
      const hold = () => {
        if (before || held >= MAX_HELD_RESPONSES) return tooLate()
        holding = true
        held += 1
        stopWaiting = toHold.at(decided.headAt + HOLD_DEADLINE_MS, tooLate)
      }
      stopWaiting = toAnswer.at(decided.headAt + ANSWER_DEADLINE_MS, hold)

      const written = (outcome: StoreResult) => {
        if (answered) {
          if (outcome.type === 'recorded') tell({ type: 'late-record', command, id })
          return
        }
        if (outcome.type === 'unrecorded' && (outcome.reason === 'full' || outcome.reason === 'closed' || before)) {
          release()
          return fail(outcome.reason)
        }
        if (outcome.type === 'recorded' || outcome.type === 'duplicate') {
          release()
          return resolve(right({ ...decided, appended: outcome }))
        }
        // Never to be stored, but a quick 503 would be final: the hold runs out first.
      }
      writer.write(newEvent(routes, decided), decided, written)
    })
}
