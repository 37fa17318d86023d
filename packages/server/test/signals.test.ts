import { setTimeout as passed } from 'node:timers/promises'
import { expect } from 'chai'
import { createClient } from './crash/client.ts'
import { createStage } from './crash/stage.ts'
import { brokenPromises, copiesIn, repeatsIn } from './crash/verify.ts'

const LOAD = { connections: 16, keys: 8 }
const PAUSE = 1_000

describe('signals to the real program, under load', function () {
  this.timeout(60_000)
  let stage: Awaited<ReturnType<typeof createStage>>
  beforeEach(async () => {
    stage = await createStage()
  })
  afterEach(() => stage.close())

  it('SIGSTOP for a second, then SIGCONT: everything is delivered once, in order', async () => {
    const client = createClient()
    const server = await stage.start()
    const pause = async () => {
      server.child.kill('SIGSTOP')
      await passed(PAUSE)
      server.child.kill('SIGCONT')
    }
    let paused: Promise<void> | undefined
    const { broken } = await client.load(server.url, {
      ...LOAD,
      answered: (oks) => {
        if (oks >= 200) paused ??= pause()
        return oks < 600
      },
    })
    await paused
    expect(broken).to.deep.equal([])
    await client.repeat(server.url)
    await stage.drained()
    server.child.kill('SIGKILL')
    await server.ended

    const evidence = await stage.evidence(client.promised)
    expect(brokenPromises(evidence)).to.deep.equal([])
    expect(repeatsIn(evidence.hooked)).to.equal(0)
    expect(repeatsIn(copiesIn(evidence.filed).filter((line) => line !== undefined))).to.equal(0)
  })

  it('SIGTERM: no request fails that was let in, and the program ends with 0 within 10 s', async () => {
    const client = createClient()
    const server = await stage.start()
    let asked = 0
    const { oks, refused, broken } = await client.load(server.url, {
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
    // The door is closed: for those who knock now, and for those whom the system had let wait before it.
    expect(broken.filter((code) => !['ECONNREFUSED', 'ECONNRESET', 'UND_ERR_SOCKET'].includes(code))).to.deep.equal([])

    const next = await stage.start()
    await stage.drained()
    next.child.kill('SIGKILL')
    await next.ended
    const evidence = await stage.evidence(client.promised)
    expect(brokenPromises(evidence)).to.deep.equal([])
    expect(evidence.kept.filter(({ serial }) => !client.promised.has(serial))).to.deep.equal([])
    expect(repeatsIn(evidence.hooked)).to.equal(0)
  })
})
