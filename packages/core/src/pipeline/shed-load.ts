import { type Either, left, right } from 'fp-ts/lib/Either.js'
import type { AppendQueue } from './append-queue.ts'
import type { Decoded, Rejection } from './context.ts'
import { type DecisionPolicies, fallbackAnswer } from './decision-policy.ts'

/** Is there room to record it? If not, it is said at once, before anybody is asked to decide. */
export const shedLoad =
  (writer: Pick<AppendQueue, 'hasRoom'>, rulings: DecisionPolicies) =>
  (callback: Decoded): Either<Rejection, Decoded> => {
    if (writer.hasRoom(callback.raw.byteLength)) return right(callback)
    const ruling = rulings.get(callback.event.command)
    return left({ fault: { _tag: 'Overloaded' }, callback, ...(ruling && { instead: fallbackAnswer(ruling.fallback, callback) }) })
  }
