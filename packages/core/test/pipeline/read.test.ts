import { expect } from 'chai'
import { createByteBudget } from '../../src/pipeline/byte-budget.ts'
import type { BodyFault, RequestBody, Verified } from '../../src/pipeline/context.ts'
import { parseQueryParams } from '../../src/pipeline/query-params.ts'
import { read } from '../../src/pipeline/read.ts'

const LIMIT = 100

/** A read step with a budget of `budget` bytes. The bodies of its requests arrive in order, one for each call of `arrive`. */
const readerWith = (budget: number) => {
  const step = read(LIMIT, createByteBudget(budget))
  const arrivals: ((body: RequestBody | BodyFault) => void)[] = []
  const request = (length: number | undefined): Verified => ({
    query: '',
    params: parseQueryParams('CallbackCommand=Group.After'),
    app: 1,
    admitted: true,
    headAt: 0,
    ...(length !== undefined && { length }),
    readBody: () => new Promise((resolve) => arrivals.push(resolve)),
  })
  return {
    arrive: (raw: string) => arrivals.shift()?.({ raw: Buffer.from(raw) }),
    ask: async (length: number | undefined) => {
      const outcome = await step(request(length))
      return outcome._tag === 'Right' ? 'read' : outcome.left.fault._tag
    },
  }
}

describe('the read step', () => {
  it('refuses a body that is too large by its Content-Length, or by its bytes [F43]', async () => {
    const { ask, arrive } = readerWith(100_000)
    expect(await ask(101)).to.equal('TooLarge')
    const counted = ask(undefined)
    arrive('x'.repeat(101))
    expect(await counted).to.equal('TooLarge')
  })

  it('rejects a body when the byte budget is exhausted, and accepts one when bytes are released [F15]', async () => {
    const { ask, arrive } = readerWith(150)
    const first = ask(100)
    expect(await ask(51)).to.equal('Overloaded')
    const second = ask(50)
    arrive('{}')
    expect(await first).to.equal('read')
    const third = ask(100)
    arrive('{}')
    arrive('{}')
    expect([await second, await third]).to.deep.equal(['read', 'read'])
  })

  it('reserves 16 KiB for a body without a Content-Length, and rejects an invalid one', async () => {
    const { ask, arrive } = readerWith(20 * 1024)
    const first = ask(undefined)
    expect(await ask(undefined)).to.equal('Overloaded')
    expect(await ask(Number.NaN)).to.equal('Overloaded')
    arrive('{}')
    expect(await first).to.equal('read')
    const again = ask(undefined)
    arrive('{}')
    expect(await again).to.equal('read')
  })
})
