import { type Journal, memory } from '@callboard/core'
import { groupDestroyed } from '@callboard/plugin-group-destroyed'
import { until } from '@callboard/testing'
import { expect } from 'chai'
import { fail, startTestServer, stopTestServers } from './faults/test-server.ts'

const CALLBACKS = 200
const PADDING = 'x'.repeat(9_000)
/** Room for ten bodies of about 10 kB. */
const QUEUE_BYTES = 105_000

describe('more callbacks than the journal can store', () => {
  after(stopTestServers)

  it('get 503 at once beyond the limit of the queue; the queued ones are answered OK, and so are all when the journal has caught up [F55]', async () => {
    let open = () => {}
    const opened = new Promise<void>((resolve) => {
      open = resolve
    })
    const inner = memory()
    const append: Journal['append'] = async (batch) => {
      await opened
      return inner.append(batch)
    }
    const { post, served } = await startTestServer({ journalOver: { append }, limits: { queue: QUEUE_BYTES } })
    let serial = 0
    const postNext = () => {
      serial += 1
      return post({ body: { ...groupDestroyed.sample, EventTime: String(serial), Padding: PADDING } })
    }
    const refused: Awaited<ReturnType<typeof post>>[] = []
    const accepted: Awaited<ReturnType<typeof post>>[] = []
    const all = Array.from({ length: CALLBACKS }, async () => {
      const answer = await postNext()
      ;(answer.status === 200 ? accepted : refused).push(answer)
    })
    // The journal hangs all the time, so these answers cannot wait for it.
    await until(() => refused.length >= CALLBACKS - 10)
    expect(accepted).to.deep.equal([])
    for (const { status, json, headers } of refused) {
      expect(status).to.equal(503)
      expect(json).to.deep.equal(fail(503, 'overloaded'))
      expect(headers.get('retry-after')).to.equal('2')
    }
    open()
    await Promise.all(all)
    expect([accepted.length, refused.length]).to.deep.equal([10, CALLBACKS - 10])
    await served.callboard.idle()
    expect((await inner.find({ limit: 1_000, order: 'oldest' })).events).to.have.length(accepted.length)
    expect((await postNext()).status).to.equal(200)
  })
})
