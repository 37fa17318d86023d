import { expect } from 'chai'
import { createByteBudget } from '../../src/pipeline/byte-budget.ts'
import type { BodyFault, RequestBody, Verified } from '../../src/pipeline/context.ts'
import type { DecisionPolicies } from '../../src/pipeline/decision-policy.ts'
import { parseQueryParams } from '../../src/pipeline/query-params.ts'
import { read } from '../../src/pipeline/read.ts'

const LIMIT = 100
const rulings: DecisionPolicies = new Map([['Group.Before', { deadline: 1_500, fallback: 'refuse' }]])

/** A step with room for so many bytes, and a head whose body arrives when it is told to. */
const bench = (room: number) => {
  const step = read(LIMIT, createByteBudget(room), rulings)
  const arrivals: ((body: RequestBody | BodyFault) => void)[] = []
  const head = (length: number | undefined, command = 'Group.After'): Verified => ({
    query: '',
    params: parseQueryParams(new URLSearchParams({ CallbackCommand: command }).toString()),
    app: 1,
    admitted: true,
    headAt: 0,
    ...(length !== undefined && { length }),
    readBody: () => new Promise((resolve) => arrivals.push(resolve)),
  })
  return {
    arrive: (raw: string) => arrivals.shift()?.({ raw: Buffer.from(raw) }),
    ask: async (length: number | undefined, command?: string) => {
      const outcome = await step(head(length, command))
      return outcome._tag === 'Right' ? 'read' : { tag: outcome.left.fault._tag, instead: outcome.left.instead?.ErrorCode }
    },
  }
}

describe('read', () => {
  it('refuses a body that is too large by its header, and one by its count', async () => {
    const { ask, arrive } = bench(100_000)
    expect(await ask(101)).to.deep.equal({ tag: 'TooLarge', instead: undefined })
    const counted = ask(undefined)
    arrive('x'.repeat(101))
    expect(await counted).to.deep.equal({ tag: 'TooLarge', instead: undefined })
  })

  it('holds no more bytes of arriving bodies than there is room for, and has it back afterwards', async () => {
    const { ask, arrive } = bench(150)
    const first = ask(100)
    expect(await ask(51)).to.deep.equal({ tag: 'Overloaded', instead: undefined })
    const second = ask(50)
    arrive('{}')
    expect(await first).to.equal('read')
    const third = ask(100)
    arrive('{}')
    arrive('{}')
    expect([await second, await third]).to.deep.equal(['read', 'read'])
  })

  it('takes a body that does not tell its length for 16 KiB, and nonsense for too much', async () => {
    const { ask, arrive } = bench(20 * 1024)
    const first = ask(undefined)
    expect(await ask(undefined)).to.deep.equal({ tag: 'Overloaded', instead: undefined })
    expect(await ask(Number.NaN)).to.deep.equal({ tag: 'Overloaded', instead: undefined })
    arrive('{}')
    expect(await first).to.equal('read')
    const again = ask(undefined)
    arrive('{}')
    expect(await again).to.equal('read')
  })

  it('answers a before-callback with its fallback where there is no room', async () => {
    const { ask } = bench(10)
    expect(await ask(50, 'Group.Before')).to.deep.equal({ tag: 'Overloaded', instead: 1 })
  })
})
