import { expect } from 'chai'
import { createOutputQueue } from '../../src/log/output-queue.ts'

const MiB = 2 ** 20

/** A queue whose writes end when the test says so. */
const openTestQueue = () => {
  const texts: string[] = []
  let end: (error?: Error) => void = () => {}
  const queue = createOutputQueue((text, done) => {
    texts.push(text)
    end = done
  })
  const resultOf = (write: Promise<void>) =>
    write.then(
      () => 'written',
      (error: Error) => error.message,
    )
  return {
    queue,
    texts,
    end: (error?: Error) => end(error),
    write: (text: string, signal?: AbortSignal) => resultOf(queue.write(text, signal)),
  }
}

describe('the queue in front of an output', () => {
  it('makes one write at a time, and joins the lines that arrive during it', async () => {
    const { write, texts, end } = openTestQueue()
    const results = [write('a\n'), write('b\n'), write('c\n')]
    expect(texts).to.deep.equal(['a\n'])
    end()
    expect(texts).to.deep.equal(['a\n', 'b\nc\n'])
    end()
    expect(await Promise.all(results)).to.deep.equal(['written', 'written', 'written'])
  })

  it('joins at most 64 KiB, so that a blocked output holds no more', async () => {
    const { write, texts, end } = openTestQueue()
    write('first\n')
    for (let i = 0; i < 100; i++) write('x'.repeat(1_024))
    end()
    expect(texts[1]).to.have.length(64 * 1_024)
  })

  it('rejects every line of a failed write, and starts the next write on a new line', async () => {
    const { write, texts, end } = openTestQueue()
    const first = write('a\n')
    const second = write('b\n')
    end(new Error('ENOSPC'))
    expect(await first).to.equal('ENOSPC')
    end()
    expect(await second).to.equal('written')
    write('c\n')
    expect(texts).to.deep.equal(['a\n', '\nb\n', 'c\n'])
  })

  it('never writes a line whose signal aborted while it waited', async () => {
    const { write, texts, end } = openTestQueue()
    const controller = new AbortController()
    write('blocked\n')
    const lines = Array.from({ length: 1_000 }, () => write('x'.repeat(MiB), controller.signal))
    controller.abort(new Error('timed out'))
    expect(await lines[0]).to.equal('timed out')
    const last = write('last\n')
    end()
    end()
    expect(await last).to.equal('written')
    expect(texts).to.deep.equal(['blocked\n', 'last\n'])
  })

  it('rejects a line whose signal aborts during its write, without a second write', async () => {
    const { write, texts, end } = openTestQueue()
    const controller = new AbortController()
    const line = write('a\n', controller.signal)
    controller.abort(new Error('timed out'))
    expect(await line).to.equal('timed out')
    end()
    expect(texts).to.deep.equal(['a\n'])
  })

  it('rejects a line if 1 MiB already waits, and accepts lines again when there is room', async () => {
    const { write, end } = openTestQueue()
    write('blocked\n')
    const waiting = write('x'.repeat(MiB))
    expect(await write('y')).to.equal(`cannot write the line: ${MiB} characters wait for the output; check what reads it`)
    end()
    const accepted = write('y')
    end()
    end()
    expect(await Promise.all([waiting, accepted])).to.deep.equal(['written', 'written'])
  })

  it('flushes when no line waits and no write is in progress', async () => {
    const { queue, write, end } = openTestQueue()
    await queue.flush()
    write('a\n')
    let flushed = false
    const flushing = queue.flush().then(() => {
      flushed = true
    })
    await new Promise((resolve) => setImmediate(resolve))
    expect(flushed).to.equal(false)
    end()
    await flushing
  })
})
