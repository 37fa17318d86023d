import { type Either, isLeft } from 'fp-ts/lib/Either.js'
import type { Rejection } from './context.ts'

type Outcome<A> = Either<Rejection, A>

/** One stretch of a request's way: ends it, or hands on what is known by then, at once or after a while. */
export type Step<A, B> = (input: A) => Outcome<B> | Promise<Outcome<B>>

/** The steps so far and then this one, unless they ended it. Only a step that waits makes a promise: most have nothing to wait for. */
export const andThen =
  <B, C>(step: Step<B, C>) =>
  <A>(previous: Step<A, B>): Step<A, C> => {
    const run = (outcome: Outcome<B>) => (isLeft(outcome) ? outcome : step(outcome.right))
    return (known) => {
      const outcome = previous(known)
      return outcome instanceof Promise ? outcome.then(run) : run(outcome)
    }
  }
