import type { Journal } from '@callboard/core'
import { parseFailpoints, type SqliteOptions, sqlite } from '@callboard/journal'
import { expect } from 'chai'
import { armFailpoints, skipsSync } from '../src/sqlite/failpoint.ts'
import { anEvent } from './events.ts'
import { newPath, removeAll } from './temporary-path.ts'

describe('failpoints', () => {
  const open: Journal[] = []
  const opened = async (options: SqliteOptions) => {
    const journal = await sqlite(options)
    open.push(journal)
    return journal
  }
  afterEach(async () => {
    for (const journal of open.splice(0)) await journal.close()
  })
  after(removeAll)

  it('are parsed from a list separated by commas', () => {
    expect(parseFailpoints('append:after-commit:3=kill, settle:before=error,append:sync=skip')).to.deep.equal([
      { name: 'append:after-commit', nth: 3, action: 'kill' },
      { name: 'settle:before', action: 'error' },
      { name: 'append:sync', action: 'skip' },
    ])
  })

  for (const [text, message] of [
    ['append:never=kill', 'unknown failpoint "append:never"; expected one of: append:before-commit'],
    ['constructor=kill', 'unknown failpoint "constructor"'],
    ['append:after-commit', 'invalid failpoint "append:after-commit"; write name='],
    ['append:after-commit=explode', 'invalid failpoint'],
    ['append:after-commit:0=kill', 'invalid failpoint'],
    ['append:after-commit=kill,', 'invalid failpoint ""'],
    ['append:after-commit=skip', 'failpoint "append:after-commit" cannot skip; use kill, error or sleep'],
    ['append:sync=kill', 'failpoint "append:sync" cannot kill; use skip'],
    ['append:sync:2=skip', 'is skipped at each hit'],
  ] as const) {
    it(`reject the text "${text}"`, () => {
      expect(() => parseFailpoints(text)).to.throw(message)
    })
  }

  it('run at the nth hit, or at each hit', () => {
    const hitFailpoint = armFailpoints(parseFailpoints('append:after-commit:2=error,settle:after=error'))
    hitFailpoint('append:after-commit')
    expect(() => hitFailpoint('append:after-commit')).to.throw('failpoint append:after-commit')
    hitFailpoint('append:after-commit')
    hitFailpoint('settle:before')
    for (let time = 0; time < 3; time++) expect(() => hitFailpoint('settle:after')).to.throw('failpoint settle:after')
  })

  it('leave no event of a batch that failed before its commit, and all events of one that failed after it [F04]', async () => {
    const path = await newPath()
    const journal = await opened({ path, failpoints: parseFailpoints('append:before-commit:1=error,append:after-commit:1=error') })
    const stored = async () => (await journal.find({ limit: 9, order: 'oldest' })).events.map(({ id }) => id)
    const failed = async (id: string) => journal.append([anEvent(id)]).catch((error: unknown) => String(error))
    expect(await failed('a')).to.equal('JournalError: failpoint append:before-commit')
    expect(await stored()).to.deep.equal([])
    expect(await failed('b')).to.equal('JournalError: failpoint append:after-commit')
    expect(await stored()).to.deep.equal(['b'])
    expect(await journal.append([anEvent('b'), anEvent('a')])).to.deep.equal([
      { type: 'recorded', id: 'b' },
      { type: 'recorded', id: 'a' },
    ])
    expect(await stored()).to.deep.equal(['b', 'a'])
  })

  it('fail a settlement before it is written, or after it is committed', async () => {
    const journal = await opened({ path: await newPath(), failpoints: parseFailpoints('settle:before:1=error,settle:after:1=error') })
    await journal.append([anEvent('a', { sinks: ['s'] })])
    const { claims } = await journal.claim({ sink: 's', max: 1, leaseMs: 1_000, ordered: true })
    const settle = () =>
      journal.settle(claims.map(({ token, event }) => ({ sink: 's', id: event.id, token, outcome: { type: 'delivered' as const } })))
    const failed = () => settle().catch((error: unknown) => String(error))
    const states = async () => (await journal.stats()).sinks.s
    expect(await failed()).to.contain('settle:before')
    expect(await states()).to.include({ pending: 1, delivered: 0 })
    expect(await failed()).to.contain('settle:after')
    expect(await states()).to.include({ pending: 0, delivered: 1 })
    expect(await settle()).to.deep.equal(['stale'])
  })

  it('do not fail a settlement that is in one group with a failing append', async () => {
    const path = await newPath()
    const journal = await opened({ path, failpoints: parseFailpoints('append:before-commit:2=error,append:before-commit:3=error') })
    await journal.append([anEvent('a', { sinks: ['s'] })])
    const { claims } = await journal.claim({ sink: 's', max: 1, leaseMs: 1_000, ordered: true })
    const settlements = claims.map(({ token, event }) => ({ sink: 's', id: event.id, token, outcome: { type: 'delivered' as const } }))
    const [appended, settled] = await Promise.allSettled([journal.append([anEvent('b')]), journal.settle(settlements)])
    expect(appended).to.include({ status: 'rejected' })
    expect(settled).to.deep.equal({ status: 'fulfilled', value: ['settled'] })
    expect((await journal.stats()).sinks.s).to.include({ pending: 0, delivered: 1 })
    expect(await journal.append([anEvent('b')])).to.deep.equal([{ type: 'recorded', id: 'b' }])
  })

  it('make the durability `weak` when they skip the sync', async () => {
    const failpoints = parseFailpoints('append:sync=skip')
    expect(skipsSync(failpoints)).to.equal(true)
    const journal = await opened({ path: await newPath(), failpoints })
    expect(journal).to.deep.include({ durability: 'weak' })
  })
})
