import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { createClient } from './crash/client.ts'
import { judge, traceTo } from './crash/oracle.ts'
import { cannotTrace, needs } from './crash/services.ts'
import { createStage } from './crash/stage.ts'
import { brokenPromises } from './crash/verify.ts'

// What kill -9 cannot show, because the system still has what was not synced: a power cut. So the order of system calls is read.

const LOAD = { connections: 8, keys: 8 }
const OKS = 320

describe('an OK and the disk, by the system calls of the real program', function () {
  this.timeout(120_000)
  let stage: Awaited<ReturnType<typeof createStage>>
  before(function () {
    needs(this, cannotTrace())
  })
  beforeEach(async () => {
    stage = await createStage()
  })
  afterEach(() => stage.close())

  const traceFile = () => join(stage.dir, 'trace')
  const verdict = async () => judge(await readFile(traceFile(), 'latin1'))

  /** Sends callbacks to the real program while its system calls are traced. */
  const traced = async (failpoints?: string) => {
    const server = await stage.start(failpoints, traceTo(traceFile()))
    const { oks, refused } = await createClient().load(server.url, { ...LOAD, answered: (soFar) => soFar < OKS })
    server.child.kill('SIGKILL')
    await server.ended
    expect(refused).to.deep.equal([])
    return { answered: oks, ...(await verdict()) }
  }

  it('no OK is written to a socket before the sync that follows the commit of its event', async () => {
    const { answered, oks, early } = await traced()
    expect(answered).to.be.at.least(OKS)
    expect(oks).to.equal(answered)
    expect(early).to.deep.equal([])
  })

  it('which is seen when the sync is left out', async () => {
    const { answered, oks, early } = await traced('append:sync=skip')
    expect(answered).to.be.at.least(OKS)
    expect(early).to.have.length(oks)
  })

  it('a sync that fails ends the program with 74 and no OK for its batch; the next start has all that was answered OK', async () => {
    const client = createClient()
    const server = await stage.start('', [...traceTo(traceFile()), '-e', 'inject=fsync,fdatasync:error=EIO:when=25'])
    const { refused } = await client.load(server.url, { ...LOAD, answered: (soFar) => soFar < OKS })
    // It ends by itself; whoever does not is asked to, and fails here.
    server.child.kill('SIGTERM')
    const { code, out } = await server.ended
    expect(code).to.equal(74)
    expect(out).to.contain('the journal does not take events').and.to.contain('SQLITE_IOERR_FSYNC')
    expect(new Set(refused)).to.deep.equal(new Set([503]))
    const { oks, early } = await verdict()
    expect(oks).to.equal(client.promised.size).and.to.be.above(0)
    expect(early).to.deep.equal([])

    const next = await stage.start()
    await client.repeat(next.url)
    await stage.drained()
    next.child.kill('SIGKILL')
    await next.ended
    expect(brokenPromises(await stage.evidence(client.promised))).to.deep.equal([])
  })
})
