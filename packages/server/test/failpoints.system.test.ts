import { expect } from 'chai'
import { brokenPromises, copiesIn } from './crash/broken-promises.ts'
import { createLoadClient } from './crash/load-client.ts'
import { createTestbed } from './crash/testbed.ts'

// Failpoints that the program survives. The crash test covers those that kill it.

describe('a failing journal under the built program', () => {
  for (const [what, failpoints] of [
    ['commits that are reported as failed', 'append:after-commit:2=error,append:after-commit:3=error'],
    ['transactions that fail before their commit', 'append:before-commit:2=error,append:before-commit:3=error'],
    ['settlements that fail', 'settle:before:2=error'],
  ] as const) {
    it(`${what}: every callback is answered OK, stored once and delivered once [F04]`, async () => {
      const stage = await createTestbed()
      const client = createLoadClient()
      try {
        const server = await stage.start(failpoints)
        const { refused, errors } = await client.load(server.url, { connections: 8, keys: 4, timeless: true, answered: (oks) => oks < 100 })
        expect([refused, errors]).to.deep.equal([[], []])
        await stage.drained()
        expect((await server.stop('SIGTERM')).code).to.equal(0)
        const evidence = await stage.evidence(client.acknowledged)
        expect(brokenPromises(evidence)).to.deep.equal([])
        for (const copies of [evidence.stored, evidence.atWebhook, copiesIn(evidence.inFile)])
          expect(copies).to.have.length(client.acknowledged.size)
      } finally {
        await stage.close()
      }
    })
  }

  it('a commit slower than the answer deadline: 503, then OK for the repeat, and the event is stored once', async () => {
    const stage = await createTestbed()
    const client = createLoadClient()
    try {
      const server = await stage.start('append:after-commit:1=sleep')
      const { refused } = await client.load(server.url, { connections: 4, keys: 4, answered: () => false })
      expect(refused).to.deep.equal([503, 503, 503, 503])
      expect(await client.resend(server.url)).to.equal(4)
      await stage.drained()
      await server.stop()
      const evidence = await stage.evidence(client.acknowledged)
      expect(brokenPromises(evidence)).to.deep.equal([])
      expect(evidence.stored).to.have.length(4)
    } finally {
      await stage.close()
    }
  })
})
