import { type Either, left, right } from 'fp-ts/lib/Either.js'
import type { Writer } from './append-queue.ts'
import type { Callback, Failed } from './context.ts'
import { fallbackAnswer, type Rulings } from './decision-policy.ts'

/** Is there room to record it? If not, it is said at once, before anybody is asked to decide. */
export const shed =
  (writer: Pick<Writer, 'hasRoom'>, rulings: Rulings) =>
  (callback: Callback): Either<Failed, Callback> => {
    if (writer.hasRoom(callback.raw.byteLength)) return right(callback)
    const ruling = rulings.get(callback.event.command)
    return left({ fault: { _tag: 'Overloaded' }, callback, ...(ruling && { instead: fallbackAnswer(ruling.fallback, callback) }) })
  }
