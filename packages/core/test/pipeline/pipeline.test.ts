import { expect } from 'chai'
import { left, right } from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Rejection } from '../../src/pipeline/context.ts'
import { andThen, type Step } from '../../src/pipeline/pipeline.ts'

const add =
  (n: number): Step<number, number> =>
  (input) =>
    right(input + n)
const addLater =
  (n: number): Step<number, number> =>
  async (input) =>
    right(input + n)
const rejection: Rejection = {
  fault: { _tag: 'NotFound' },
  context: { query: '', admitted: true, headAt: 0, readBody: () => Promise.reject(new Error('never read')) },
}
const reject: Step<number, number> = () => left(rejection)

describe('the pipeline', () => {
  it('runs its steps in order, and returns no promise while no step does', () => {
    expect(pipe(add(1), andThen(add(10)), andThen(add(100)))(0)).to.deep.equal(right(111))
  })

  it('waits for an asynchronous step', async () => {
    expect(await pipe(add(1), andThen(addLater(10)), andThen(add(100)))(0)).to.deep.equal(right(111))
  })

  it('ends with the step that rejects', async () => {
    let reached = false
    const never: Step<number, number> = (input) => {
      reached = true
      return right(input)
    }
    expect(await pipe(addLater(1), andThen(reject), andThen(never))(0)).to.deep.equal(left(rejection))
    expect(reached).to.equal(false)
  })
})
