import { type Either, isLeft } from 'fp-ts/lib/Either.js'
import type { Failed } from './context.ts'

type Outcome<A> = Either<Failed, A>

/** One stretch of a request's way: ends it, or hands on what is known by then, at once or after a while. */
export type Step<A, B> = (known: A) => Outcome<B> | Promise<Outcome<B>>

/** The steps so far and then this one, unless they ended it. Only a step that waits makes a promise: most have nothing to wait for. */
export const next =
  <B, C>(step: Step<B, C>) =>
  <A>(soFar: Step<A, B>): Step<A, C> => {
    const go = (outcome: Outcome<B>) => (isLeft(outcome) ? outcome : step(outcome.right))
    return (known) => {
      const outcome = soFar(known)
      return outcome instanceof Promise ? outcome.then(go) : go(outcome)
    }
  }
