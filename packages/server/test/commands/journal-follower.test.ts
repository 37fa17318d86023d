import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Journal, NewEvent } from '@callboard/core'
import { sqlite } from '@callboard/journal'
import { expect } from 'chai'
import { createFollower, type Follower, type FollowFilter } from '../../src/cli/tail/journal-follower.ts'

const event = (id: string, special: Partial<NewEvent> = {}): NewEvent => ({
  id,
  app: 1,
  command: 'Group.CallbackAfterGroupDestroyed',
  key: 'k',
  status: 'accepted',
  receivedAt: 0,
  query: {},
  raw: new Uint8Array(2),
  sinks: ['a'],
  ...special,
})

describe('createFollower', () => {
  let directory: string
  let file: string
  let journal: Journal | undefined
  const followers: Follower[] = []
  let told: string[]

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'callboard-'))
    file = join(directory, 'callboard.db')
    told = []
  })
  afterEach(async () => {
    for (const { close } of followers.splice(0)) close()
    await journal?.close()
    journal = undefined
    await rm(directory, { recursive: true })
  })

  const append = async (...events: readonly NewEvent[]) => {
    journal ??= await sqlite({ path: file })
    await journal.append(events)
  }
  const follow = (filter: FollowFilter = {}, lines = 10) => {
    const follower = createFollower(file, filter, lines, (text) => told.push(text))
    followers.push(follower)
    return follower
  }
  /** Reads all available events. Returns their ids. */
  const seen = ({ poll }: Follower): readonly string[] => {
    const ids: string[] = []
    for (;;) {
      const { events, more } = poll()
      ids.push(...events.map(({ id }) => id))
      if (!more) return ids
    }
  }

  it('starts with the latest matching events, oldest first, and returns each later one once', async () => {
    await append(...['1', '2', '3', '4'].map((id) => event(id, { key: id === '3' ? 'other' : 'k' })))
    expect(seen(follow({ key: 'k' }, 1))).to.deep.equal(['4'])
    expect(seen(follow({ key: 'other' }, 2))).to.deep.equal(['3'])
    const tail = follow({ key: 'k' }, 2)
    expect(seen(tail)).to.deep.equal(['2', '4'])
    expect(seen(tail)).to.deep.equal([])
    await append(event('5', { key: 'other' }), event('6'))
    expect(seen(tail)).to.deep.equal(['6'])
    expect(seen(tail)).to.deep.equal([])
  })

  it('starts after the last event where it is asked for no earlier ones', async () => {
    await append(event('1'))
    const tail = follow({}, 0)
    expect(seen(tail)).to.deep.equal([])
    await append(event('2'))
    expect(seen(tail)).to.deep.equal(['2'])
  })

  it('filters by command, app, sink and status', async () => {
    const odd: readonly (readonly [FollowFilter, Partial<NewEvent>])[] = [
      [{ command: 'A.B' }, { command: 'A.B' }],
      [{ app: 2 }, { app: 2 }],
      [{ sink: 'b' }, { sinks: ['a', 'b'] }],
      [{ status: 'unknown' }, { status: 'unknown' }],
    ]
    await append(event('first'))
    for (const [place, [wanted, special]] of odd.entries()) {
      const tail = follow(wanted, 0)
      seen(tail)
      await append(event(`plain${place}`), event(`odd${place}`, special))
      expect(seen(tail)).to.deep.equal([`odd${place}`])
    }
  })

  it('continues where the last read ended, across 2500 events', async () => {
    await append(event('0'))
    const tail = follow()
    seen(tail)
    const many = Array.from({ length: 2_500 }, (_, place) => event(`e${place}`))
    await append(...many)
    expect(seen(tail)).to.deep.equal(many.map(({ id }) => id))
  })

  it('waits for a missing or empty journal, says so once, and then returns all its events', async () => {
    const tail = follow({}, 1)
    expect(seen(tail)).to.deep.equal([])
    await writeFile(file, '')
    expect(seen(tail)).to.deep.equal([])
    expect(told).to.deep.equal([`no journal at ${file}: waiting for \`callboard start\` to create it`])
    await rm(file)
    await append(event('1'), event('2'))
    expect(seen(tail)).to.deep.equal(['1', '2'])
  })

  it('returns all events of a journal file that replaces another', async () => {
    await append(event('1'))
    const tail = follow()
    seen(tail)
    await journal?.close()
    journal = undefined
    for (const suffix of ['', '-wal', '-shm']) await rename(`${file}${suffix}`, `${file}.old${suffix}`).catch(() => {})
    await append(event('2'))
    expect(seen(tail)).to.deep.equal(['2'])
  })

  it('throws where the file is no journal', async () => {
    await writeFile(file, 'a letter to the editor, which is long enough to be looked at')
    const tail = follow()
    expect(() => tail.poll()).to.throw(/no database|not a database|is no journal/)
  })
})
