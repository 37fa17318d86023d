import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { brokenPromises } from './crash/broken-promises.ts'
import { createLoadClient } from './crash/load-client.ts'
import { skipWithout, whyNotTraceable } from './crash/skip-without.ts'
import { checkSyncOrder, straceTo } from './crash/sync-order.ts'
import { createTestbed } from './crash/testbed.ts'

// kill -9 cannot show what a power cut would lose: the system keeps unsynced data. This suite reads the order of system calls instead.

const LOAD = { connections: 8, keys: 8 }
const OKS = 320

describe('the system calls of the built program', () => {
  let stage: Awaited<ReturnType<typeof createTestbed>>
  before(function () {
    skipWithout(this, whyNotTraceable())
  })
  beforeEach(async () => {
    stage = await createTestbed()
  })
  afterEach(() => stage.close())

  const traceFile = () => join(stage.dir, 'trace')
  const verdict = async () => checkSyncOrder(await readFile(traceFile(), 'latin1'))

  /** Sends callbacks to the built program while strace records its system calls. */
  const traced = async (failpoints?: string) => {
    const server = await stage.start(failpoints, straceTo(traceFile()))
    const { oks, refused } = await createLoadClient().load(server.url, { ...LOAD, answered: (soFar) => soFar < OKS })
    await server.stop()
    expect(refused).to.deep.equal([])
    return { answered: oks, ...(await verdict()) }
  }

  it('write no OK to a socket before the sync of the event’s commit has succeeded [F05]', async () => {
    const { answered, oks, early } = await traced()
    expect(answered).to.be.at.least(OKS)
    expect(oks).to.equal(answered)
    expect(early).to.deep.equal([])
  })

  it('show every OK as too early when a failpoint skips the sync [F05]', async () => {
    const { answered, oks, early } = await traced('append:sync=skip')
    expect(answered).to.be.at.least(OKS)
    expect(early).to.have.length(oks)
  })

  it('show exit 74 and no OK for the batch after a failed sync, and the next start has every event that was answered OK [F09]', async () => {
    const client = createLoadClient()
    const server = await stage.start('', [...straceTo(traceFile()), '-e', 'inject=fsync,fdatasync:error=EIO:when=25'])
    const { refused } = await client.load(server.url, { ...LOAD, answered: (soFar) => soFar < OKS })
    // The program ends by itself. The signal only ends a program that does not, and the code below is then another one.
    const { code, out } = await server.stop('SIGTERM')
    expect(code).to.equal(74)
    expect(out).to.contain('journal does not accept events').and.to.contain('SQLITE_IOERR_FSYNC')
    expect(new Set(refused)).to.deep.equal(new Set([503]))
    const { oks, early } = await verdict()
    expect(oks).to.equal(client.acknowledged.size).and.to.be.above(0)
    expect(early).to.deep.equal([])

    const next = await stage.start()
    await client.resend(next.url)
    await stage.drained()
    await next.stop()
    expect(brokenPromises(await stage.evidence(client.acknowledged))).to.deep.equal([])
  })
})
