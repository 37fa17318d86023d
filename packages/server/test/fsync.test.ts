import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { groupDestroyed } from '@callboard/plugin-group-destroyed'
import { send } from '@callboard/testing'
import { expect } from 'chai'
import { judge, traceTo, type Verdict } from './crash/oracle.ts'
import { cannotTrace, needs } from './crash/services.ts'
import { createStage } from './crash/stage.ts'

// What kill -9 cannot show, because the system still has what was not synced: a power cut. So the order of system calls is read.

const CONNECTIONS = 8
const EACH = 40

/** Sends callbacks to the real program while its system calls are traced; gives how many were OK, and what the trace says. */
const traced = async (failpoints?: string): Promise<Verdict & { readonly answered: number }> => {
  const stage = await createStage()
  try {
    const file = join(stage.dir, 'trace')
    const server = await stage.start(failpoints, traceTo(file))
    let answered = 0
    const connection = async (first: number) => {
      for (let serial = first; serial < first + EACH; serial++) {
        const body = { ...groupDestroyed.sample, GroupId: `oracle-${String(serial).padStart(5, '0')}`, EventTime: Date.now() }
        const { status } = await send({ to: server.url, app: 1400000000, token: 'T', command: groupDestroyed.command, body })
        if (status === 200) answered += 1
      }
    }
    await Promise.all(Array.from({ length: CONNECTIONS }, (_, place) => connection(place * EACH)))
    server.child.kill('SIGKILL')
    await server.ended
    return { answered, ...judge(await readFile(file, 'latin1')) }
  } finally {
    await stage.close()
  }
}

describe('an OK and the disk, by the system calls of the real program', function () {
  this.timeout(120_000)
  before(function () {
    needs(this, cannotTrace())
  })

  it('no OK is written to a socket before the sync that follows the commit of its event', async () => {
    const { answered, oks, early } = await traced()
    expect(answered).to.equal(CONNECTIONS * EACH)
    expect(oks).to.equal(answered)
    expect(early).to.deep.equal([])
  })

  it('that is seen when the sync is left out', async () => {
    const { answered, oks, early } = await traced('append:sync=skip')
    expect(answered).to.equal(CONNECTIONS * EACH)
    expect(oks).to.equal(answered)
    expect(early).to.have.length(oks)
  })
})
