import { copyFile, readFile, writeFile } from 'node:fs/promises'
import Database from 'better-sqlite3'
import { expect } from 'chai'
import { JournalOpenError, JournalVersionError, sqlite, verifyJournal } from '../src/index.ts'
import { anEvent, someEvents } from './events.ts'
import { newPath, removeAll } from './temporary-path.ts'

/** Creates a journal with events and deliveries in several states, and closes it. */
const createJournal = async (): Promise<string> => {
  const path = await newPath()
  const journal = await sqlite({ path })
  await journal.append(someEvents(300, { sinks: ['a', 'b'], key: 'k' }))
  await journal.append([anEvent('alone', { dedupeKey: 'x', raw: new Uint8Array(5_000) })])
  const { claims } = await journal.claim({ sink: 'a', max: 10, leaseMs: 1_000, ordered: true })
  const outcome = { type: 'dead', error: 'no' } as const
  await journal.settle(claims.map(({ event, token }) => ({ sink: 'a', id: event.id, token, outcome })))
  // Then all deliveries of its lane are rows.
  await journal.replay({ sink: 'a', from: ['dead'], ids: ['e0'], limit: 1, by: 'the test' })
  await journal.close()
  return path
}

const change = (path: string, sql: string) => {
  const db = new Database(path)
  db.exec(sql)
  db.close()
}

describe('verifyJournal', () => {
  let made: string
  before(async () => {
    made = await createJournal()
  })

  /** Returns the path of a copy of the journal. */
  const copyJournal = async (): Promise<string> => {
    const path = await newPath()
    await copyFile(made, path)
    return path
  }

  after(removeAll)

  it('finds no problems in a good journal, with and without an owner', async () => {
    const path = await copyJournal()
    expect(await verifyJournal(path)).to.deep.equal([])
    const owner = await sqlite({ path })
    await owner.append([anEvent('later', { key: 'k' })])
    expect(await verifyJournal(path)).to.deep.equal([])
    await owner.close()
  })

  const inconsistencies: readonly (readonly [string, string])[] = [
    ['DELETE FROM event WHERE seq = 300', 'the number of events is wrong'],
    ['DELETE FROM event WHERE seq = 1', '1 row of delivery without an event'],
    ['UPDATE delivery SET sink = 9 WHERE event = 1', '1 delivery has no sink'],
    ['UPDATE event SET route = 9 WHERE seq IN (299, 300)', '2 events have no route'],
    ['UPDATE event SET route = 3 - route WHERE seq = 301', 'the delivery counts of sink b are wrong'],
    ['UPDATE delivery SET claim_state = 1 WHERE event = 3', '1 delivery is wrongly marked as first'],
    ['UPDATE delivery SET claim_state = 0 WHERE event = 2', '1 delivery is wrongly marked as first'],
    ["UPDATE delivery SET state = 'discarded' WHERE state = 'dead'", 'the delivery counts of sink a are wrong'],
    ["UPDATE delivery SET token = 'x' WHERE state = 'dead' AND event = 301", '1 delivery is wrongly marked as leased'],
    ['DELETE FROM delivery WHERE event = 3', 'the delivery counts of sink a are wrong'],
    ["UPDATE sink SET read_to = read_to + 1 WHERE name = 'a'", 'the offset of sink a does not match its checksum'],
    ["UPDATE sink SET pending = x'04' WHERE name = 'b'", 'the offset of sink b does not match its checksum'],
    ["UPDATE sink SET dead = dead + 1 WHERE name = 'a'", 'the offset of sink a does not match its checksum'],
    ["UPDATE counter SET value = value - 1 WHERE name = 'seq'", 'the next position of an event or of a lane is already in use'],
    ["UPDATE counter SET value = 7 WHERE name = 'events'", 'the number of events is wrong'],
    ["UPDATE counter SET value = 7 WHERE name = 'bytes'", 'the number of bytes is wrong'],
  ]
  for (const [sql, message] of inconsistencies) {
    it(`reports "${message}" after ${sql.slice(0, 40)}...`, async () => {
      const path = await copyJournal()
      change(path, sql)
      expect((await verifyJournal(path)).join('\n')).to.contain(message)
    })
  }

  it('finds an overwritten page [F07]', async () => {
    const path = await copyJournal()
    const bytes = await readFile(path)
    const damaged = Buffer.from(bytes)
    damaged.fill(0x5a, 8 * 4096, 9 * 4096)
    await writeFile(path, damaged)
    expect(await verifyJournal(path)).not.to.deep.equal([])
  })

  it('accepts the row that a full disk makes the journal store for a moment', async () => {
    const path = await copyJournal()
    change(path, 'INSERT INTO filler (raw) VALUES (zeroblob(5000))')
    expect(await verifyJournal(path)).to.deep.equal([])
  })

  it('does not block the event loop of its caller', async () => {
    const path = await copyJournal()
    let isDone = false
    const verified = verifyJournal(path).finally(() => {
      isDone = true
    })
    let turns = 0
    for (; !isDone; turns += 1) await new Promise((resolve) => setImmediate(resolve))
    expect(turns).to.be.above(2)
    expect(await verified).to.deep.equal([])
  })

  it('rejects with ENOENT when there is no journal', async () => {
    const path = await newPath()
    const error = await verifyJournal(path).catch((reason: unknown) => reason)
    expect(error).to.be.instanceOf(JournalOpenError).and.include({ path, code: 'ENOENT' })
  })

  it('reports a file that is not a database as a problem, and rejects a journal of a newer version', async () => {
    const path = await newPath()
    await writeFile(path, 'not a database, but as long as one; '.repeat(50))
    expect((await verifyJournal(path)).join()).to.contain('not a database')
    const newer = await copyJournal()
    change(newer, 'PRAGMA user_version = 99')
    expect(await verifyJournal(newer).catch((reason: unknown) => reason)).to.be.instanceOf(JournalVersionError)
  })
})
