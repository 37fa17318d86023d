import { expect } from 'chai'
import { createRows } from '../../src/journal/memory/rows.ts'
import type { LogDelivery } from '../../src/journal/window/rows.ts'
import { createWindow } from '../../src/journal/window/window.ts'

const SIZE = 4

/** A window of a sink whose log holds deliveries of these lanes, from position 1 on. */
const windowOf = (...lanes: readonly (string | undefined)[]) => {
  const log = lanes.map((lane, index): LogDelivery => ({ position: index + 1, id: `e${index + 1}`, lane, due: 0 }))
  const rows = createRows()
  const reads: number[] = []
  const read = (after: number, limit: number) => {
    const deliveries = log.slice(after, after + limit)
    reads.push(deliveries.length)
    return { deliveries, readTo: after + deliveries.length, isEnd: after + deliveries.length === log.length }
  }
  const window = createWindow(rows, { read }, String, { size: SIZE })
  for (const delivery of log) window.add(delivery)
  const claim = (max: number) => window.claim({ max, leaseMs: 1_000, ordered: true }, 0)
  const countRows = () => log.filter(({ position }) => rows.get(position)).length
  return { window, rows, reads, claim, countRows }
}

const positionsOf = ({ claims }: ReturnType<ReturnType<typeof windowOf>['claim']>) => claims.map(({ position }) => position)

describe('the window of a sink', () => {
  it('reads what does not fit into it only when a claim needs it, and makes no row for it', () => {
    const { window, reads, claim, countRows } = windowOf(...Array.from({ length: 1_000 }, () => undefined))
    expect(window.readTo()).to.equal(SIZE)
    expect(claim(2)).to.deep.include({ waitMs: 0 })
    expect(reads).to.deep.equal([])
    expect(positionsOf(claim(3))).to.deep.equal([3, 4, 5])
    expect([window.readTo(), reads, countRows()]).to.deep.equal([8, [4], 0])
  })

  it('makes rows of what waits in a lane when it is full, and finds the other lanes behind', () => {
    const { claim, countRows, window } = windowOf(...Array.from({ length: 100 }, () => 'hot'), 'cold')
    expect(countRows()).to.equal(0)
    expect(positionsOf(claim(9))).to.deep.equal([1, 101])
    expect(window.countLane('hot')).to.be.below(3 * SIZE)
    expect(countRows() + window.countLane('hot')).to.equal(100)
  })

  it('hands out what it read before it was full in the order of the log', () => {
    const { claim, window } = windowOf('k', 'k', 'l', 'l', 'k', 'm')
    const order: number[] = []
    for (let turn = 0; turn < 6; turn += 1) {
      const [only] = claim(1).claims
      if (only === undefined) break
      order.push(only.position)
      expect(window.settle({ ...only, id: `e${only.position}` }, 'delivered')).to.equal('settled')
    }
    expect(order).to.deep.equal([1, 2, 3, 4, 5, 6])
  })

  it('does not ask the rows for lanes while no row is pending', () => {
    const rows = { ...createRows(), lastPlace: () => expect.fail('asked for a lane') }
    const window = createWindow(rows, { read: () => expect.fail('read') }, String, { size: SIZE })
    for (const position of [1, 2, 3]) window.add({ position, id: '', lane: 'k', due: 0 })
    expect(window.claim({ max: 9, leaseMs: 1, ordered: true }, 0).claims).to.have.length(1)
  })
})
