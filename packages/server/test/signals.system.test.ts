import { setTimeout as passed } from 'node:timers/promises'
import { expect } from 'chai'
import { brokenPromises, copiesIn, repeatsIn } from './crash/broken-promises.ts'
import { createLoadClient } from './crash/load-client.ts'
import { createTestbed } from './crash/testbed.ts'

const LOAD = { connections: 16, keys: 8 }
const PAUSE_MS = 1_000

describe('the built program under load', () => {
  let stage: Awaited<ReturnType<typeof createTestbed>>
  beforeEach(async () => {
    stage = await createTestbed()
  })
  afterEach(() => stage.close())

  it('delivers everything once and in order after SIGSTOP for a second and SIGCONT [F19]', async () => {
    const client = createLoadClient()
    const server = await stage.start()
    const pause = async () => {
      server.child.kill('SIGSTOP')
      await passed(PAUSE_MS)
      server.child.kill('SIGCONT')
    }
    let paused: Promise<void> | undefined
    const { errors } = await client.load(server.url, {
      ...LOAD,
      answered: (oks) => {
        if (oks >= 200) paused ??= pause()
        return oks < 600
      },
    })
    await paused
    expect(errors).to.deep.equal([])
    await client.resend(server.url)
    await stage.drained()
    await server.stop()

    const evidence = await stage.evidence(client.acknowledged)
    expect(brokenPromises(evidence)).to.deep.equal([])
    expect(repeatsIn(evidence.atWebhook)).to.equal(0)
    expect(repeatsIn(copiesIn(evidence.inFile).filter((line) => line !== undefined))).to.equal(0)
  })

  it('answers every accepted request after SIGTERM, and exits 0 within 10 s [F16]', async () => {
    const client = createLoadClient()
    const server = await stage.start()
    let asked = 0
    const { oks, refused, errors } = await client.load(server.url, {
      ...LOAD,
      answered: (soFar) => {
        if (soFar >= 300 && asked === 0) {
          asked = performance.now()
          server.child.kill('SIGTERM')
        }
        return true
      },
    })
    const { code } = await server.ended
    expect(performance.now() - asked).to.be.below(10_000)
    expect(code).to.equal(0)
    expect(oks).to.be.at.least(300)
    expect(refused).to.deep.equal([])
    // Only connections that the server had not accepted yet fail.
    expect(errors.filter((code) => !['ECONNREFUSED', 'ECONNRESET', 'UND_ERR_SOCKET'].includes(code))).to.deep.equal([])

    const next = await stage.start()
    await stage.drained()
    await next.stop()
    const evidence = await stage.evidence(client.acknowledged)
    expect(brokenPromises(evidence)).to.deep.equal([])
    expect(evidence.stored.filter(({ serial }) => !client.acknowledged.has(serial))).to.deep.equal([])
    expect(repeatsIn(evidence.atWebhook)).to.equal(0)
  })
})
