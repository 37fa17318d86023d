import { open, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Journal, systemClock } from '@callboard/core'
import { sqlite } from '@callboard/journal'
import { expect } from 'chai'
import { linesOf, runProgram, tempDirectory } from './program.ts'

const yaml = (path: string) => `
apps: [{ sdkAppId: 1400000000, tokens: [T] }]
admin: { port: 0 }
journal: { use: sqlite, path: ${path} }
plugins: ["@callboard/plugin-group-destroyed"]
sinks: { log: { use: log } }
routes: { "*": [log] }
`
const DAY = 86_400_000
const EVENTS = 40

describe('`callboard journal` while another process owns the journal', () => {
  let place: Awaited<ReturnType<typeof tempDirectory>>
  let journal: Journal
  const file = (name: string) => join(place.dir, name)
  const callboard = (...args: string[]) => runProgram(args, { cwd: place.dir })

  before(async () => {
    place = await tempDirectory(yaml('./callboard.db'))
    await writeFile(file('copy.yaml'), yaml('./copy.db'))
    journal = await sqlite({ path: file('callboard.db'), clock: { ...systemClock, now: () => Date.now() - DAY } })
    const events = Array.from({ length: EVENTS }, (_, number) => ({
      id: `event ${number}`,
      app: 1400000000,
      command: 'A',
      status: 'accepted' as const,
      receivedAt: Date.now() - DAY,
      query: {},
      raw: new Uint8Array(1_000),
      sinks: number === 0 ? ['log'] : [],
    }))
    await journal.append(events)
  })
  after(async () => {
    await journal.close()
    await place.remove()
  })

  it('verifies a sound journal, and counts its events', async () => {
    const verified = await callboard('journal', 'verify')
    expect([verified.code, verified.out]).to.deep.equal([0, `${file('callboard.db')}: OK\n`])
    const [stats] = linesOf((await callboard('journal', 'stats', '--json')).out)
    expect(stats).to.deep.include({ events: EVENTS, bytes: EVENTS * 1_000 })
    expect(stats.sinks.log).to.include({ pending: 1 })
    expect(stats.onDisk).to.be.above(EVENTS * 1_000)
  })

  it('backs the journal up, and never overwrites a file', async () => {
    const copied = await callboard('journal', 'backup', 'copy.db')
    expect(copied.code, copied.err).to.equal(0)
    expect((await callboard('-c', 'copy.yaml', 'journal', 'verify', '--json')).out).to.equal('')
    expect(linesOf((await callboard('-c', 'copy.yaml', 'journal', 'stats', '--json')).out)[0]).to.include({ events: EVENTS })
    const again = await callboard('journal', 'backup', 'copy.db')
    expect([again.code, again.err]).to.deep.equal([
      73,
      `cannot create ${file('copy.db')}: it already exists; remove it, or choose another name\n`,
    ])
    const nowhere = await callboard('journal', 'backup', 'no/such/directory/copy.db')
    expect(nowhere.code).to.equal(73)
  })

  it('prints one line per problem of a damaged journal, and exits 65', async () => {
    const handle = await open(file('copy.db'), 'r+')
    const { size } = await handle.stat()
    // Overwrites everything after the schema.
    await handle.write(Buffer.alloc(size - 8_192, 0x5a), 0, size - 8_192, 8_192)
    await handle.close()
    const verified = await callboard('-c', 'copy.yaml', 'journal', 'verify', '--json')
    expect(verified.code).to.equal(65)
    const problems = linesOf(verified.out)
    expect(problems).not.to.deep.equal([])
    for (const each of problems) expect(each.problem).to.be.a('string')
  })

  it('exits 69 where there is no journal', async () => {
    await writeFile(file('none.yaml'), yaml('./none.db'))
    for (const args of [['verify'], ['backup', 'x.db'], ['stats'], ['prune']]) {
      const { code, err } = await callboard('-c', 'none.yaml', 'journal', ...args)
      expect(code).to.equal(69)
      expect(err)
        .to.contain(`no journal at ${file('none.db')}`)
        .and.contain('`callboard start`')
    }
  })

  it('prunes delivered events once no other process owns the journal, and keeps pending ones', async () => {
    expect((await callboard('journal', 'prune', '--delivered', '1h')).code).to.equal(75)
    await journal.close()
    const kept = await callboard('journal', 'prune')
    expect(kept.out).to.equal(`removed 0 events; ${EVENTS} left\nkept the events of 1 pending delivery; see \`callboard sinks\`\n`)
    const pruned = await callboard('journal', 'prune', '--delivered', '1h', '--json')
    expect(JSON.parse(pruned.out)).to.deep.equal({ removed: EVENTS - 1, left: 1, kept: { recent: 0, pending: 1 } })
  })
})
