import { expect } from 'chai'
import { left, right } from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { andThen, type Step } from '../../src/pipeline/pipeline.ts'

const add =
  (n: number): Step<number, number> =>
  (known) =>
    right(known + n)
const addLater =
  (n: number): Step<number, number> =>
  async (known) =>
    right(known + n)
const end: Step<number, number> = () => left({ fault: { _tag: 'NotFound' } })

describe('the way of a callback', () => {
  it('takes one step behind the other, and makes no promise while none of them waits', () => {
    expect(pipe(add(1), andThen(add(10)), andThen(add(100)))(0)).to.deep.equal(right(111))
  })

  it('waits for the steps that take their time', async () => {
    expect(await pipe(add(1), andThen(addLater(10)), andThen(add(100)))(0)).to.deep.equal(right(111))
  })

  it('ends where a step ends it', async () => {
    let reached = false
    const never: Step<number, number> = (known) => {
      reached = true
      return right(known)
    }
    expect(await pipe(addLater(1), andThen(end), andThen(never))(0)).to.deep.equal(left({ fault: { _tag: 'NotFound' } }))
    expect(reached).to.equal(false)
  })
})
