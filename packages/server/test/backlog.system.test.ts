import { join } from 'node:path'
import { type NewEvent, systemClock } from '@callboard/core'
import { openReader, sqlite } from '@callboard/journal'
import { groupDestroyed } from '@callboard/plugin-group-destroyed'
import { expect } from 'chai'
import { createLoadClient } from './crash/load-client.ts'
import { startServer, tempDirectory } from './program.ts'

const PENDING = 100_000
const BATCH = 500
const READY_WITHIN_MS = 10_000

const yaml = `
apps: [{ sdkAppId: 1400000000, tokens: [T] }]
listen: { port: 0 }
admin: { port: 0 }
plugins: ["@callboard/plugin-group-destroyed"]
sinks:
  down: { use: webhook, url: "http://127.0.0.1:1/", unsigned: true, allow: [127.0.0.0/8] }
  audit: { use: file, path: ./audit.jsonl }
routes: { "*": [down, audit] }
`

describe('a journal in which many deliveries are pending', () => {
  let place: Awaited<ReturnType<typeof tempDirectory>>
  const path = () => join(place.dir, 'data/callboard.db')
  const raw = Buffer.from(JSON.stringify(groupDestroyed.sample))
  const eventAt = (place: number): NewEvent => ({
    id: `e${place}`,
    app: 1400000000,
    command: groupDestroyed.command,
    key: `g${place % 1_000}`,
    status: 'accepted',
    receivedAt: systemClock.now(),
    query: {},
    raw,
    sinks: ['down'],
  })

  before(async () => {
    place = await tempDirectory(yaml)
    const journal = await sqlite({ path: path() })
    for (let from = 0; from < PENDING; from += BATCH) await journal.append(Array.from({ length: BATCH }, (_, n) => eventAt(from + n)))
    await journal.close()
  })
  after(() => place.remove())

  it(`is open within ${READY_WITHIN_MS / 1_000} s, answers in time, and lists its events at once (${PENDING} deliveries) [F14]`, async () => {
    const from = performance.now()
    const server = await startServer({ cwd: place.dir })
    try {
      expect((await fetch(`${server.adminUrl}/health/ready`)).status).to.equal(200)
      expect(performance.now() - from).to.be.below(READY_WITHIN_MS)
      const client = createLoadClient()
      const times: number[] = []
      for (let n = 0; n < 100; n += 1) {
        const sent = performance.now()
        expect((await client.load(server.url, { connections: 1, keys: 10, answered: () => false })).oks).to.equal(1)
        times.push(performance.now() - sent)
      }
      times.sort((a, b) => a - b)
      const reader = openReader(path())
      const looked = performance.now()
      expect(reader.find({ limit: 50, order: 'newest', sink: 'down', state: 'pending' }).events).to.have.length(50)
      const listed = performance.now() - looked
      expect(reader.stats().sinks.down?.pending).to.be.above(PENDING)
      reader.close()
      console.log(
        `      answers: p50 ${times[50]?.toFixed(1)} ms, p99 ${times[98]?.toFixed(1)} ms; 50 events listed in ${listed.toFixed(1)} ms`,
      )
      expect(times[50]).to.be.below(100)
      expect(times[98]).to.be.below(1_000)
      expect(listed).to.be.below(300)
    } finally {
      await server.stop()
    }
  })
})
