import { expect } from 'chai'
import { createBoundedWriter } from '../src/util/bounded-writer.ts'

/** A writer onto an output that fails while it is sick. */
const openTestWriter = () => {
  const lines: string[] = []
  let isSick = false
  const writer = createBoundedWriter(
    {
      write: async (line) => {
        if (isSick) throw new Error('ENOSPC')
        lines.push(line)
      },
    },
    (dropped) => `${dropped} dropped`,
  )
  const turn = () => new Promise((resolve) => setImmediate(resolve))
  return {
    lines,
    dropped: writer.dropped,
    countDropped: writer.countDropped,
    write: (line: string) => {
      writer.write(line)
      return turn()
    },
    setSick: (sick: boolean) => {
      isSick = sick
    },
  }
}

describe('the bounded writer of the log', () => {
  it('drops and counts lines while the output fails, and reports them in one line when it works again', async () => {
    const { lines, write, dropped, setSick } = openTestWriter()
    setSick(true)
    for (const line of ['a', 'b', 'c']) await write(line)
    expect([lines, dropped()]).to.deep.equal([[], 3])
    setSick(false)
    await write('d')
    await write('e')
    expect([lines, dropped()]).to.deep.equal([['d', '3 dropped', 'e'], 3])
  })

  it('reports later if the report itself cannot be written, and does not count it', async () => {
    const lines: string[] = []
    const fails = ['a', '1 dropped']
    const { write, dropped } = createBoundedWriter(
      {
        write: async (line) => {
          if (fails.includes(line)) {
            fails.shift()
            throw new Error('EPIPE')
          }
          lines.push(line)
        },
      },
      (count) => `${count} dropped`,
    )
    for (const line of ['a', 'b', 'c']) {
      write(line)
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(lines).to.deep.equal(['b', 'c', '1 dropped'])
    expect(dropped()).to.equal(1)
  })

  it('counts and reports lines that another thread dropped', async () => {
    const { lines, write, countDropped, dropped } = openTestWriter()
    countDropped()
    await write('a')
    expect([lines, dropped()]).to.deep.equal([['a', '1 dropped'], 1])
  })
})
