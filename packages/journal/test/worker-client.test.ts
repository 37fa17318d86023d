import { JournalError } from '@callboard/core'
import { JournalOpenError } from '@callboard/journal'
import { expect } from 'chai'
import { withoutRaw } from '../src/sqlite/event-row.ts'
import { startWorker } from '../src/sqlite/worker-client.ts'
import { packBodies, toJson } from '../src/sqlite/worker-encoding.ts'

const COUNTING_WORKER = new URL('./counting-worker.ts', import.meta.url)
const HANGING_WORKER = new URL('./hanging-worker.ts', import.meta.url)
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

describe('a worker whose file system does not answer', () => {
  it('is given up after the limit on opening, with an error that names the path', async () => {
    const options = { path: '/mnt/away/journal.db', dedupeWindow: 0 }
    const error = await startWorker(options, Date.now, HANGING_WORKER, 50).catch((reason: unknown) => reason)
    expect(error).to.be.instanceOf(JournalOpenError).and.include({ path: options.path, code: 'ETIMEDOUT' })
    expect(String(error)).to.include('check that its disk is mounted and responds')
  })
})

describe('settlements', () => {
  const settlement = { verb: 'settle', batch: toJson([]) } as const

  it('are sent with the next request, before it', async () => {
    const { send, close } = await startWorker({ path: '', dedupeWindow: 1 }, Date.now, COUNTING_WORKER)
    const settled = [send(settlement), send(settlement)]
    await new Promise((resolve) => setImmediate(resolve))
    const others = [send({ verb: 'stats' })]
    for (const verbs of await Promise.all([...settled, ...others])) expect(verbs).to.deep.equal(['settle', 'settle', 'stats'])
    await close()
  })

  it('are sent alone when no other request comes', async () => {
    const { send, close } = await startWorker({ path: '', dedupeWindow: 1 }, Date.now, COUNTING_WORKER)
    expect(await send(settlement)).to.deep.equal(['settle'])
    await close()
  })
})
