import { defineSink, type SinkWriter, strictStruct, string } from '@callboard/core'
import { describeSink, unknownEvent } from '@callboard/testing'
import { expect } from 'chai'
import { failingTestsOf } from './failing-tests.ts'

const event = unknownEvent({ status: 'accepted', key: 'k' })
const options = strictStruct({ to: string })

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

const stopsInTime: SinkWriter['write'] = async (_, signal) => signal.throwIfAborted()
const bus = kindOf(stopsInTime)
const failing = (words: string) => () => ({ sink: kindOf(() => Promise.reject(new Error(words)))({ to: 'x' }) })

describeSink('a correct sink', () => ({ sink: bus({ to: 'x' }) }), {
  event,
  wrong: [bus.configure({}), bus.configure({ to: 's3cret', too: 1 })],
  failing: failing('the other side is gone'),
  secret: 's3cret',
})

describe('the conformance suite of sinks', () => {
  const broken = (write: SinkWriter['write']) =>
    failingTestsOf(() => describeSink('bus', () => ({ sink: kindOf(write)({ to: 'x' }) }), { event }))

  it('catches a sink that writes although its signal has aborted', async () => {
    expect(await broken(() => {})).to.deep.equal(['rejects a write whose signal has already aborted'])
  })

  it('catches a sink that does not stop when its signal aborts', async () => {
    const hangs: SinkWriter['write'] = (_, signal) =>
      signal.aborted
        ? Promise.reject(signal.reason)
        : new Promise((resolve) => {
            setImmediate(() => {
              if (!signal.aborted) resolve()
            })
          })
    expect(await broken(hangs)).to.deep.equal(['settles a write within 1000 ms after its signal aborts'])
  })

  it('catches a sink that fails for unknown events or for events without a key', async () => {
    expect(
      await broken(({ event: { key } }, signal) =>
        key === undefined ? Promise.reject(new Error('no key')) : stopsInTime({ event, sink: '', attempt: 1 }, signal),
      ),
    ).to.include.members(['writes unknown and quarantined events', 'writes an event without a key, also a second time'])
  })

  it('catches a sink that accepts invalid options', async () => {
    const sentences = await failingTestsOf(() =>
      describeSink('bus', () => ({ sink: bus({ to: 'x' }) }), { event, wrong: [bus.configure({ to: 'fine' })] }),
    )
    expect(sentences).to.deep.equal(['explains invalid options without their values and refuses to open'])
  })

  it('catches a failing sink whose error contains its secret, is empty, is too long, or is not thrown', async () => {
    for (const words of ['POST with s3cret failed', '', 'x'.repeat(501)]) {
      expect(
        await failingTestsOf(() =>
          describeSink('bus', () => ({ sink: bus({ to: 'x' }) }), { event, failing: failing(words), secret: 's3cret' }),
        ),
      ).to.have.length(1)
    }
    expect(
      await failingTestsOf(() =>
        describeSink('bus', () => ({ sink: bus({ to: 'x' }) }), { event, failing: () => ({ sink: bus({ to: 'x' }) }) }),
      ),
    ).to.have.length(1)
  })
})
