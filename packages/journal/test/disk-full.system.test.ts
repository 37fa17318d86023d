import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Journal, JournalError, type NewEvent, type Outcome } from '@callboard/core'
import { sqlite } from '@callboard/journal'
import { expect } from 'chai'
import { someEvents } from './events.ts'
import { skipTest } from './skip-test.ts'
import { type SmallDisk, smallDisk } from './small-disk.ts'

const batch = (from: number): readonly NewEvent[] => someEvents(50, { raw: new Uint8Array(2_000) }, from)

/** Returns the code of a rejected call; undefined for a call that resolves. */
const errorCodeOf = async (call: Promise<unknown>): Promise<string | undefined> => {
  try {
    await call
    return undefined
  } catch (error) {
    return error instanceof JournalError ? error.code : String(error)
  }
}

/** Appends until an append is rejected. Returns its code, and how many events were recorded before. */
const appendAll = async (journal: Journal, from: number) => {
  for (let count = from; ; count += 50) {
    const code = await errorCodeOf(journal.append(batch(count)))
    if (code !== undefined) return { code, count }
  }
}

/** Claims and settles at most `max` deliveries, a few at a time. Returns how many were settled. */
const settle = async (journal: Journal, max: number, outcome: Outcome) => {
  let settled = 0
  while (settled < max) {
    const { claims } = await journal.claim({ sink: 'a', max: Math.min(16, max - settled), leaseMs: 60_000, ordered: true })
    if (claims.length === 0) break
    const answers = await journal.settle(claims.map(({ event: { id }, token }) => ({ sink: 'a', id, token, outcome })))
    settled += answers.filter((answer) => answer === 'settled').length
  }
  return settled
}

const pendingOf = async (journal: Journal) => (await journal.stats()).sinks.a?.pending

describe('a journal on a full disk', () => {
  let disk: SmallDisk | undefined

  beforeEach(function () {
    const made = smallDisk(32)
    if ('missing' in made) return skipTest(this, made.missing)
    disk = made
  })

  afterEach(() => {
    disk?.remove()
    disk = undefined
  })

  const onDisk = (): SmallDisk & { readonly path: string } => {
    if (!disk) throw new Error('the small disk is not mounted')
    return { ...disk, path: join(disk.directory, 'journal.db') }
  }

  it('rejects appends, serves all other calls, and accepts appends again when there is space [F08]', async () => {
    const { path, fill, free } = onDisk()
    const journal = await sqlite({ path, dedupeWindow: 0 })
    for (let from = 0; from < 1_000; from += 50) await journal.append(batch(from))
    fill()
    const { code, count } = await appendAll(journal, 1_000)
    fill()
    expect(code).to.equal('full')
    expect(await errorCodeOf(journal.append(someEvents(1, { raw: new Uint8Array(2_000_000) }, count)))).to.equal('full')
    expect((await journal.stats()).events).to.equal(count)

    expect(await settle(journal, 300, { type: 'retry', retryInMs: 3_600_000, error: 'HTTP 503' })).to.equal(300)
    expect(await settle(journal, 300, { type: 'dead', error: 'HTTP 400' })).to.equal(300)
    expect(await settle(journal, 300, { type: 'delivered' })).to.equal(300)
    const change = { sink: 'a', by: 'the operator', limit: 1_000_000 } as const
    expect((await journal.replay({ ...change, from: ['dead'] })).changed).to.equal(300)
    expect((await journal.discard({ ...change, from: ['pending'] })).changed).to.equal(count - 300)
    expect(await pendingOf(journal)).to.equal(0)

    // Pruned events free pages of the database, although the disk is full.
    expect((await journal.prune({ delivered: 0, dead: 0, limit: 500 })).events).to.equal(500)
    fill()
    expect(await errorCodeOf(journal.append(batch(count)))).to.equal(undefined)
    expect((await appendAll(journal, count + 50)).code).to.equal('full')
    expect(existsSync(`${path}.reserve`)).to.equal(false)

    free()
    expect(await errorCodeOf(journal.append(someEvents(1, { raw: new Uint8Array(2_000_000) }, 10_000_000)))).to.equal(undefined)
    expect(existsSync(`${path}.reserve`)).to.equal(true)
    await journal.close()
  })

  it('opens on a disk without a free byte, and keeps all events', async () => {
    const { path, fill } = onDisk()
    const first = await sqlite({ path })
    for (let from = 0; from < 500; from += 50) await first.append(batch(from))
    await first.close()
    fill()
    const journal = await sqlite({ path })
    expect(await pendingOf(journal)).to.equal(500)
    expect(await settle(journal, 500, { type: 'delivered' })).to.equal(500)
    await journal.close()
  })
})
