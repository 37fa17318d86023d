import { defineSink, type SinkWriter, strictStruct } from '@callboard/core'
import { describeSink, unknownEvent } from '@callboard/testing'
import { expect } from 'chai'
import * as t from 'io-ts'
import { brokenOf } from './rules.ts'

const event = unknownEvent({ status: 'accepted', key: 'k' })
const options = strictStruct({ to: t.string })

const kindOf = (write: SinkWriter['write']) =>
  defineSink({
    kind: 'bus',
    options,
    open: () => {
      let closed = false
      return {
        write: (delivery, signal) => {
          if (closed) throw new Error('closed')
          return write(delivery, signal)
        },
        close: () => {
          closed = true
        },
      }
    },
  })

const heeding: SinkWriter['write'] = async (_, signal) => signal.throwIfAborted()
const bus = kindOf(heeding)
const failing = (words: string) => () => ({ sink: kindOf(() => Promise.reject(new Error(words)))({ to: 'x' }) })

describeSink('a sink that keeps all rules', () => ({ sink: bus({ to: 'x' }) }), {
  event,
  wrong: [bus.configure({}), bus.configure({ to: 's3cret', too: 1 })],
  failing: failing('the other side is gone'),
  secret: 's3cret',
})

describe('the conformance suite of sinks', () => {
  const broken = (write: SinkWriter['write']) =>
    brokenOf(() => describeSink('bus', () => ({ sink: kindOf(write)({ to: 'x' }) }), { event }))

  it('catches one that writes although it was told to stop', async () => {
    expect(await broken(() => {})).to.deep.equal(['does not write when it was told to stop before'])
  })

  it('catches one that does not stop', async () => {
    const hangs: SinkWriter['write'] = (_, signal) =>
      signal.aborted
        ? Promise.reject(signal.reason)
        : new Promise((resolve) => {
            setImmediate(() => {
              if (!signal.aborted) resolve()
            })
          })
    expect(await broken(hangs)).to.deep.equal(['ends a write soon after it was told to stop, either way'])
  })

  it('catches one that cannot take events that no plugin understood, or without a key', async () => {
    expect(
      await broken(({ event: { key } }, signal) =>
        key === undefined ? Promise.reject(new Error('no key')) : heeding({ event, sink: '', attempt: 1 }, signal),
      ),
    ).to.include.members(['takes an event that no plugin understood', 'takes an event without a key, and the same event again'])
  })

  it('catches one that takes wrong options', async () => {
    const sentences = await brokenOf(() =>
      describeSink('bus', () => ({ sink: bus({ to: 'x' }) }), { event, wrong: [bus.configure({ to: 'fine' })] }),
    )
    expect(sentences).to.deep.equal(['says what is wrong with wrong options, without their values, and does not open'])
  })

  it('catches one that tells its secret, says nothing, says too much, or does not fail', async () => {
    for (const words of ['POST with s3cret failed', '', 'x'.repeat(501)]) {
      expect(
        await brokenOf(() => describeSink('bus', () => ({ sink: bus({ to: 'x' }) }), { event, failing: failing(words), secret: 's3cret' })),
      ).to.have.length(1)
    }
    expect(
      await brokenOf(() => describeSink('bus', () => ({ sink: bus({ to: 'x' }) }), { event, failing: () => ({ sink: bus({ to: 'x' }) }) })),
    ).to.have.length(1)
  })
})
