import { JournalError } from '@callboard/core'
import { expect } from 'chai'
import { withoutRaw } from '../src/sqlite/event-row.ts'
import { startWorker } from '../src/sqlite/worker-client.ts'
import { packBodies } from '../src/sqlite/worker-encoding.ts'

const FAILING_WORKER = new URL('./failing-worker.ts', import.meta.url)

const errorCodeOf = async (call: Promise<unknown>): Promise<string> => {
  try {
    await call
    return 'resolved'
  } catch (error) {
    return error instanceof JournalError ? error.code : String(error)
  }
}

describe('a worker that ends unexpectedly', () => {
  it('rejects pending requests with `down` and later ones with `corrupt`', async () => {
    const { send, close } = await startWorker({ path: '', dedupeWindow: 1 }, Date.now, FAILING_WORKER)
    const running = [send({ verb: 'append', rows: packBodies([], withoutRaw), neededBytes: 0, handOut: [] }), send({ verb: 'stats' })].map(
      errorCodeOf,
    )
    expect(await Promise.all(running)).to.deep.equal(['down', 'down'])
    expect(await errorCodeOf(send({ verb: 'stats' }))).to.equal('corrupt')
    await close()
  })
})
