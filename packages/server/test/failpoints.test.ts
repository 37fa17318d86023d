import { expect } from 'chai'
import { createClient } from './crash/client.ts'
import { createStage } from './crash/stage.ts'
import { brokenPromises, copiesIn } from './crash/verify.ts'

// Failpoints after which the program goes on. Those that kill it are in crash.test.ts.

describe('a journal that stumbles under the real program', function () {
  this.timeout(60_000)

  for (const [what, failpoints] of [
    ['commits of which nobody hears', 'append:after-commit:2=error,append:after-commit:3=error'],
    ['transactions that fail before their commit', 'append:before-commit:2=error,append:before-commit:3=error'],
    ['settlements that fail', 'settle:before:2=error'],
  ] as const) {
    it(`${what}: every callback is answered OK, stored once and delivered once`, async () => {
      const stage = await createStage()
      const client = createClient()
      try {
        const server = await stage.start(failpoints)
        const { refused, broken } = await client.load(server.url, { connections: 8, keys: 4, timeless: true, answered: (oks) => oks < 100 })
        expect([refused, broken]).to.deep.equal([[], []])
        await stage.drained()
        server.child.kill('SIGTERM')
        expect((await server.ended).code).to.equal(0)
        const evidence = await stage.evidence(client.promised)
        expect(brokenPromises(evidence)).to.deep.equal([])
        for (const copies of [evidence.kept, evidence.hooked, copiesIn(evidence.filed)]) expect(copies).to.have.length(client.promised.size)
      } finally {
        await stage.close()
      }
    })
  }

  it('a commit that takes longer than an answer may: 503, and OK when it is sent again, stored once', async () => {
    const stage = await createStage()
    const client = createClient()
    try {
      const server = await stage.start('append:after-commit:1=sleep')
      const { refused } = await client.load(server.url, { connections: 4, keys: 4, answered: () => false })
      expect(refused).to.deep.equal([503, 503, 503, 503])
      expect(await client.repeat(server.url)).to.equal(4)
      await stage.drained()
      server.child.kill('SIGKILL')
      await server.ended
      const evidence = await stage.evidence(client.promised)
      expect(brokenPromises(evidence)).to.deep.equal([])
      expect(evidence.kept).to.have.length(4)
    } finally {
      await stage.close()
    }
  })
})
