import { copyFile, readFile, writeFile } from 'node:fs/promises'
import Database from 'better-sqlite3'
import { expect } from 'chai'
import { JournalOpenError, JournalVersionError, sqlite, verifyJournal } from '../src/index.ts'
import { newPath, removeAll } from './directory.ts'
import { anEvent, someEvents } from './events.ts'

/** Makes a journal with some of everything, and closes it. */
const makeJournal = async (): Promise<string> => {
  const path = await newPath()
  const journal = await sqlite({ path })
  await journal.append(someEvents(300, { sinks: ['a', 'b'], key: 'k' }))
  await journal.append([anEvent('alone', { dedupeKey: 'x', raw: new Uint8Array(5_000) })])
  const { claims } = await journal.claim({ sink: 'a', max: 10, leaseMs: 1_000, ordered: true })
  const outcome = { type: 'dead', error: 'no' } as const
  await journal.settle(claims.map(({ event, token }) => ({ sink: 'a', id: event.id, token, outcome })))
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
    made = await makeJournal()
  })

  /** A copy of that journal. */
  const aJournal = async (): Promise<string> => {
    const path = await newPath()
    await copyFile(made, path)
    return path
  }

  after(removeAll)

  it('finds nothing wrong with a sound journal, beside its owner too', async () => {
    const path = await aJournal()
    expect(await verifyJournal(path)).to.deep.equal([])
    const owner = await sqlite({ path })
    await owner.append([anEvent('later', { key: 'k' })])
    expect(await verifyJournal(path)).to.deep.equal([])
    await owner.close()
  })

  const disorders: readonly (readonly [string, string])[] = [
    ['DELETE FROM body WHERE event = (SELECT max(event) FROM body)', '1 event has no body'],
    ["INSERT INTO body (event, raw) VALUES (999999, x'00')", '1 row of body without an event'],
    ['UPDATE event SET pending = pending + 1 WHERE position IN (1, 3)', 'event'],
    [
      "UPDATE delivery SET head = 1 WHERE sink = 'b' AND state = 'pending' AND place = (SELECT max(place) FROM delivery WHERE sink = 'b')",
      '1 delivery is wrongly taken',
    ],
    ["UPDATE delivery SET head = 0 WHERE head = 1 AND sink = 'b'", '1 delivery is wrongly taken'],
    ["UPDATE total SET value = value + 1 WHERE sink = 'a' AND name = 'dead'", 'the numbers of 1 sink and state are wrong'],
    ["UPDATE delivery SET token = 'x' WHERE state = 'dead' AND event = 1", '1 delivery is wrongly taken for handed out'],
    ...['position', 'place'].map(
      (name) =>
        [
          `UPDATE total SET value = value - 1 WHERE name = '${name}'`,
          'the next position or place is one that has been given away',
        ] as const,
    ),
    ["UPDATE total SET value = 7 WHERE name = 'events'", 'the number of events is wrong'],
    ["UPDATE total SET value = 7 WHERE name = 'bytes'", 'the number of bytes is wrong'],
  ]
  for (const [sql, message] of disorders) {
    it(`message: ${message} (${sql.slice(0, 30)}…)`, async () => {
      const path = await aJournal()
      change(path, sql)
      expect((await verifyJournal(path)).join('\n')).to.contain(message)
    })
  }

  it('finds a page that was overwritten', async () => {
    const path = await aJournal()
    const bytes = await readFile(path)
    const damaged = Buffer.from(bytes)
    damaged.fill(0x5a, 8 * 4096, 9 * 4096)
    await writeFile(path, damaged)
    expect(await verifyJournal(path)).not.to.deep.equal([])
  })

  it('is not alarmed by what a full disk makes a journal hold for a moment', async () => {
    const path = await aJournal()
    change(path, 'INSERT INTO body (event, raw) VALUES (-1, zeroblob(5000))')
    expect(await verifyJournal(path)).to.deep.equal([])
  })

  it('leaves the event loop of its caller alone', async () => {
    const path = await aJournal()
    let isDone = false
    const verified = verifyJournal(path).finally(() => {
      isDone = true
    })
    let turns = 0
    for (; !isDone; turns += 1) await new Promise((resolve) => setImmediate(resolve))
    expect(turns).to.be.above(2)
    expect(await verified).to.deep.equal([])
  })

  it('says where there is no journal', async () => {
    const path = await newPath()
    const error = await verifyJournal(path).catch((reason: unknown) => reason)
    expect(error).to.be.instanceOf(JournalOpenError).and.include({ path, code: 'ENOENT' })
  })

  it('calls a file that is no database a problem, and a journal of a newer version a reason not to look', async () => {
    const path = await newPath()
    await writeFile(path, 'not a database, but long enough to be looked at as one; '.repeat(50))
    expect((await verifyJournal(path)).join()).to.contain('not a database')
    const newer = await aJournal()
    change(newer, 'PRAGMA user_version = 99')
    expect(await verifyJournal(newer).catch((reason: unknown) => reason)).to.be.instanceOf(JournalVersionError)
  })
})
