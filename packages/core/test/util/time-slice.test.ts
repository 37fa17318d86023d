import { definePlugin, giveUp, memory, struct } from '@callboard/core'
import { manualClock } from '@callboard/testing'
import { expect } from 'chai'
import * as t from 'io-ts'
import { createTimeSlicer } from '../../src/util/time-slice.ts'
import { disbanded, start, stopAll } from '../test-dispatcher.ts'

/** A clock whose time goes on only while somebody works. */
const workingClock = () => {
  const clock = manualClock()
  let spent = 0
  return {
    clock: { ...clock, elapsed: () => clock.elapsed() + spent },
    spend: (ms: number) => {
      spent += ms
    },
  }
}

/** Notes each turn of the event loop until it is ended. */
const noteTurns = (log: string[]): (() => void) => {
  let ended = false
  const note = () => {
    log.push('turn')
    if (!ended) setImmediate(note)
  }
  setImmediate(note)
  return () => {
    ended = true
  }
}

/** How much was done in each turn in which something was done. */
const doneInTurns = (log: readonly string[]): readonly number[] =>
  log
    .join('')
    .split(/(?:turn)+/)
    .filter((done) => done !== '')
    .map((done) => done.length)

describe('the time slicer', () => {
  afterEach(stopAll)

  it('runs work at once and in order until the slice is over', async () => {
    const { clock, spend } = workingClock()
    const portions = createTimeSlicer(clock)
    const log: string[] = []
    const work = (name: string) => () => {
      spend(6)
      log.push(name)
      return name
    }
    const endNotes = noteTurns(log)
    const done = ['a', 'b', 'c', 'd', 'e'].map((name) => portions.run(work(name)))
    expect(log).to.deep.equal(['a', 'b'])
    expect(await Promise.all(done)).to.deep.equal(['a', 'b', 'c', 'd', 'e'])
    endNotes()
    expect(log.filter((entry) => entry !== 'turn').join('')).to.equal('abcde')
    expect(doneInTurns(log)).to.deep.equal([2, 2, 1])
  })

  it('rejects with the error of the work and goes on', async () => {
    const { clock, spend } = workingClock()
    const portions = createTimeSlicer(clock)
    const failing = () => {
      spend(20)
      throw new Error('no')
    }
    const ends = await Promise.allSettled([portions.run(failing), portions.run(failing), portions.run(() => 'done')])
    expect(ends.map(({ status }) => status)).to.deep.equal(['rejected', 'rejected', 'fulfilled'])
  })

  it('answers callbacks between deliveries that are slow to decode', async () => {
    const { clock, spend } = workingClock()
    const log: string[] = []
    const costly = definePlugin({
      command: disbanded.command,
      title: 'Group disbanded',
      body: struct({ GroupId: t.string }),
      key: ({ GroupId }) => {
        spend(20)
        log.push('x')
        return GroupId
      },
      sample: { GroupId: 'g' },
    })
    let failing = true
    const mine = () => {
      if (failing) throw giveUp('422')
    }
    const { send, dispatcher } = await start({ clock, plugins: [costly], sinks: { mine }, routes: { '*': ['mine'] } })
    for (const group of ['a', 'b', 'c', 'd']) await send(group)
    await dispatcher.idle()
    failing = false
    log.length = 0
    const endNotes = noteTurns(log)
    await dispatcher.replay({ from: ['dead'], limit: 10, by: 'a test', sink: 'mine' })
    await dispatcher.idle()
    endNotes()
    expect(doneInTurns(log)).to.deep.equal([1, 1, 1, 1])
  })

  it('answers callbacks between quarantined events that are reprocessed', async () => {
    const { clock, spend } = workingClock()
    const journal = { ...memory({ clock }), close: async () => {} }
    const log: string[] = []
    const takes = { numbers: false }
    const costly = definePlugin({
      command: disbanded.command,
      title: 'Group disbanded',
      body: struct({ GroupId: t.refinement(t.union([t.string, t.number]), (id): boolean => takes.numbers || typeof id === 'string') }),
      key: ({ GroupId }) => {
        spend(20)
        log.push('x')
        return String(GroupId)
      },
      sample: { GroupId: 'g' },
    })
    const { post, dispatcher } = await start({ clock, journal, plugins: [costly] })
    for (const group of [1, 2, 3]) await post({ GroupId: group })
    takes.numbers = true
    const endNotes = noteTurns(log)
    expect(await dispatcher.reprocess({ limit: 10, dryRun: true })).to.include({ changed: 3 })
    endNotes()
    expect(doneInTurns(log)).to.deep.equal([1, 1, 1])
  })
})
