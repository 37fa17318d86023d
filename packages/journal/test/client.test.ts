import { JournalError } from '@callboard/core'
import { expect } from 'chai'
import { withoutRaw } from '../src/sqlite/event-row.ts'
import { startWriter } from '../src/sqlite/worker-client.ts'
import { pack } from '../src/sqlite/worker-encoding.ts'

const CRASHING = new URL('./crashing.ts', import.meta.url)

const whyOf = async (call: Promise<unknown>): Promise<string> => {
  try {
    await call
    return 'resolved'
  } catch (error) {
    return error instanceof JournalError ? error.code : String(error)
  }
}

describe('the thread that writes the journal', () => {
  it('takes its calls along when it dies: what ran is `down`, what comes later is `corrupt`, which stops the process', async () => {
    const { ask, close } = await startWriter({ path: '', dedupeWindow: 1 }, Date.now, CRASHING)
    const running = [ask({ verb: 'append', rows: pack([], withoutRaw), needs: 0, handOut: [] }), ask({ verb: 'stats' })].map(whyOf)
    expect(await Promise.all(running)).to.deep.equal(['down', 'down'])
    expect(await whyOf(ask({ verb: 'stats' }))).to.equal('corrupt')
    await close()
  })
})
