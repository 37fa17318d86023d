import { type Either, isLeft } from 'fp-ts/lib/Either.js'
import type { Rejection } from './context.ts'

type StepResult<A> = Either<Rejection, A>

/** One step of the pipeline: adds to the context of a request, or rejects the request. It may be async. */
export type Step<A, B> = (input: A) => StepResult<B> | Promise<StepResult<B>>

/** Appends a step to a pipeline. Like `chain` of fp-ts, but it stays synchronous while no step returns a promise. */
export const andThen =
  <B, C>(step: Step<B, C>) =>
  <A>(previous: Step<A, B>): Step<A, C> => {
    const run = (result: StepResult<B>) => (isLeft(result) ? result : step(result.right))
    return (input) => {
      const result = previous(input)
      return result instanceof Promise ? result.then(run) : run(result)
    }
  }
