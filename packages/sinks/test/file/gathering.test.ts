import { expect } from 'chai'
import { createGathering } from '../../src/file/gathering.ts'

const nextEventLoopTurn = () => new Promise((resolve) => setImmediate(resolve))

/** Joins a gathering, and returns how many of the joined ones go on. */
const joinAll = (gathering: ReturnType<typeof createGathering>, urgent: readonly boolean[]) => {
  const state = { released: 0 }
  const all = urgent.map((isUrgent) =>
    gathering.join(isUrgent).then(() => {
      state.released += 1
    }),
  )
  return { state, all: Promise.all(all) }
}

describe('writes that gather', () => {
  it('wait until there are enough', async () => {
    const gathering = createGathering(3)
    const { state, all } = joinAll(gathering, [false, false])
    await nextEventLoopTurn()
    expect(state.released).to.equal(0)
    const { all: last } = joinAll(gathering, [false])
    await nextEventLoopTurn()
    expect(state.released).to.equal(2)
    await Promise.all([all, last])
  })

  it('go on after a while, although there are not enough', async () => {
    const { state, all } = joinAll(createGathering(3), [false, false])
    await all
    expect(state.released).to.equal(2)
  })

  it('go on at once with an urgent one', async () => {
    const { state } = joinAll(createGathering(100), [false, false, true])
    await nextEventLoopTurn()
    expect(state.released).to.equal(3)
  })

  it('go on at once, and wait no more, after the end', async () => {
    const gathering = createGathering(100)
    const { state } = joinAll(gathering, [false, false])
    gathering.end()
    const { state: later } = joinAll(gathering, [false])
    await nextEventLoopTurn()
    expect([state.released, later.released]).to.deep.equal([2, 1])
  })
})
