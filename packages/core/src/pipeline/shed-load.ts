import { type Either, left, right } from 'fp-ts/lib/Either.js'
import type { AppendQueue } from './append-queue.ts'
import type { Decoded, Rejection } from './context.ts'

/** Rejects a request at once when the append queue has no room for it. No decision is asked for then. */
export const shedLoad =
  (queue: Pick<AppendQueue, 'hasRoom'>) =>
  (context: Decoded): Either<Rejection, Decoded> =>
    queue.hasRoom(context.raw.byteLength) ? right(context) : left({ fault: { _tag: 'Overloaded' }, context })
