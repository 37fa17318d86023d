import { expect } from 'chai'
import { type AppendFile, type AppendTarget, createAppender, type OpenFile } from '../../src/file/appender.ts'

const live = new AbortController().signal

/** A file in memory that tells what is done to it, and can be made to fail or to wait. */
const memoryFile = (before = '') => {
  const steps: string[] = []
  const disk = { bytes: Buffer.from(before) }
  const trouble: { write?: { readonly after: number; readonly error: Error }; datasync?: Error; truncate?: Error } = {}
  const controls = { largestWrite: Number.POSITIVE_INFINITY }
  let hold: Promise<void> | undefined
  const file = {
    write: async (bytes: Buffer, offset = 0) => {
      const { write } = trouble
      const taken = Math.min(bytes.length - offset, write?.after ?? controls.largestWrite)
      if (write && taken === 0) throw write.error
      if (write) trouble.write = { ...write, after: write.after - taken }
      disk.bytes = Buffer.concat([disk.bytes, bytes.subarray(offset, offset + taken)])
      steps.push(`write ${taken}`)
      return { bytesWritten: taken, buffer: bytes }
    },
    datasync: async () => {
      await hold
      if (trouble.datasync) throw trouble.datasync
      steps.push('sync')
    },
    stat: async () => ({ size: disk.bytes.length }),
    truncate: async (length = 0) => {
      if (trouble.truncate) throw trouble.truncate
      disk.bytes = disk.bytes.subarray(0, length)
      steps.push(`truncate ${length}`)
    },
    close: async () => {
      steps.push('close')
    },
  }
  const opened: OpenFile = {
    // The few calls that an appender makes, without the overloads of a FileHandle.
    file: file as unknown as AppendFile,
    length: before.length,
    isRegular: true,
    dev: 1n,
    ino: 1n,
    lastLineAt: 0,
  }
  return Object.assign(controls, {
    opened,
    steps,
    trouble,
    text: () => disk.bytes.toString(),
    /** Syncs wait until the returned function is called. */
    holdSync: () => {
      let release = () => {}
      hold = new Promise((resolve) => {
        release = resolve
      })
      return () => {
        hold = undefined
        release()
      }
    },
    add: (text: string) => {
      disk.bytes = Buffer.concat([disk.bytes, Buffer.from(text)])
    },
  })
}

/** A target that stays the same file. */
const still: AppendTarget = { prepare: async (current) => current, confirm: async () => {} }

const errorOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  )
const turn = () => new Promise((resolve) => setImmediate(resolve))

describe('an appender', () => {
  it('syncs before it says that a line is written', async () => {
    const disk = memoryFile()
    const release = disk.holdSync()
    const appender = createAppender(disk.opened, still)
    let said = false
    const writing = appender.append('one', live).then(() => {
      said = true
    })
    await turn()
    expect(disk.text()).to.equal('one\n')
    expect(said).to.equal(false)
    release()
    await writing
    expect(disk.steps).to.deep.equal(['write 4', 'sync'])
  })

  it('writes and syncs once what comes together, in order', async () => {
    const disk = memoryFile()
    const appender = createAppender(disk.opened, still)
    await Promise.all(Array.from({ length: 256 }, (_, each) => appender.append(String(each % 10), live)))
    expect(disk.steps).to.deep.equal(['write 512', 'sync'])
    expect(disk.text().startsWith('0\n1\n2\n3\n')).to.equal(true)
  })

  it('writes what comes during a sync with the next one', async () => {
    const disk = memoryFile()
    const release = disk.holdSync()
    const appender = createAppender(disk.opened, still)
    const first = appender.append('one', live)
    await turn()
    const others = [appender.append('two', live), appender.append('three', live)]
    release()
    await Promise.all([first, ...others])
    expect(disk.steps).to.deep.equal(['write 4', 'sync', 'write 10', 'sync'])
  })

  it('goes on where a write was cut short', async () => {
    const disk = memoryFile()
    disk.largestWrite = 5
    const appender = createAppender(disk.opened, still)
    await appender.append('one and two', live)
    expect(disk.text()).to.equal('one and two\n')
    expect(disk.steps).to.deep.equal(['write 5', 'write 5', 'write 2', 'sync'])
  })

  it('leaves nothing of a line that could not be written, and takes no other', async () => {
    const disk = memoryFile('old\n')
    const full = new Error('ENOSPC')
    disk.trouble.write = { after: 5, error: full }
    const appender = createAppender(disk.opened, still)
    const first = errorOf(appender.append('one', live))
    const second = errorOf(appender.append('two', live))
    expect(await first).to.equal(full)
    expect(await second).to.equal(full)
    expect(disk.text()).to.equal('old\n')
    expect(disk.steps).to.deep.equal(['write 5', 'truncate 4', 'close'])
    expect(await errorOf(appender.append('three', live))).to.equal(full)
    await appender.close()
    expect(disk.steps.filter((step) => step === 'close')).to.have.length(1)
  })

  it('does not believe a sync that failed, nor tries it again', async () => {
    const disk = memoryFile()
    disk.trouble.datasync = new Error('EIO')
    const appender = createAppender(disk.opened, still)
    expect(await errorOf(appender.append('one', live))).to.equal(disk.trouble.datasync)
    expect(disk.text()).to.equal('')
    expect(disk.steps).to.deep.equal(['write 4', 'truncate 0', 'close'])
  })

  it('rejects what was waiting behind a failed write', async () => {
    const disk = memoryFile()
    disk.trouble.datasync = new Error('EIO')
    disk.trouble.truncate = new Error('EIO')
    const release = disk.holdSync()
    const appender = createAppender(disk.opened, still)
    const first = errorOf(appender.append('one', live))
    await turn()
    const second = errorOf(appender.append('two', live))
    release()
    expect(await first).to.be.an('error')
    expect(await second).to.be.an('error')
    expect(disk.text()).to.equal('one\n')
  })

  it('cuts off no line that somebody else has written', async () => {
    const disk = memoryFile()
    disk.trouble.datasync = new Error('EIO')
    const release = disk.holdSync()
    const appender = createAppender(disk.opened, still)
    const writing = errorOf(appender.append('one', live))
    await turn()
    disk.add('of another\n')
    release()
    expect(await writing).to.be.an('error')
    expect(disk.text()).to.equal('one\nof another\n')
  })

  it('does not write a line that nobody waits for any more', async () => {
    const disk = memoryFile()
    const release = disk.holdSync()
    const appender = createAppender(disk.opened, still)
    const stop = new AbortController()
    const first = appender.append('one', live)
    await turn()
    const second = errorOf(appender.append('two', stop.signal))
    const third = appender.append('three', live)
    stop.abort(new Error('late'))
    release()
    await Promise.all([first, third])
    expect(await second)
      .to.be.an('error')
      .with.property('message', 'late')
    expect(disk.text()).to.equal('one\nthree\n')
  })

  it('closes once what was appended is on the disk', async () => {
    const disk = memoryFile()
    const appender = createAppender(disk.opened, still)
    const writing = appender.append('one', live)
    await appender.close()
    expect(disk.steps).to.deep.equal(['write 4', 'sync', 'close'])
    await writing
  })

  it('asks before each batch which file is to take it, and goes on in that one', async () => {
    const [first, second] = [memoryFile('old\n'), memoryFile('')]
    const asked: (readonly [number, number])[] = []
    const appender = createAppender(first.opened, {
      ...still,
      prepare: async (current, bytes) => {
        asked.push([current.length, bytes])
        return asked.length === 2 ? second.opened : current
      },
    })
    for (const line of ['one', 'two', 'three']) await appender.append(line, live)
    expect(asked).to.deep.equal([
      [4, 4],
      [8, 4],
      [4, 6],
    ])
    expect([first.text(), second.text()]).to.deep.equal(['old\none\n', 'two\nthree\n'])
    await appender.close()
    expect(second.steps.at(-1)).to.equal('close')
  })

  it('asks after the sync whether the file is still there: else it takes the line back, and says that it is not written', async () => {
    const disk = memoryFile('old\n')
    const moved = new Error('moved')
    const confirm = async ({ length }: OpenFile) => {
      disk.steps.push(`asked ${length}`)
      throw moved
    }
    const appender = createAppender(disk.opened, { ...still, confirm })
    expect(await errorOf(appender.append('one', live))).to.equal(moved)
    expect(disk.steps).to.deep.equal(['write 4', 'sync', 'asked 8', 'truncate 4', 'close'])
    expect(disk.text()).to.equal('old\n')
    expect(await errorOf(appender.append('two', live))).to.equal(moved)
  })

  it('writes nothing, and closes, where no file can be had', async () => {
    const disk = memoryFile()
    const gone = new Error('EACCES')
    const appender = createAppender(disk.opened, { ...still, prepare: () => Promise.reject(gone) })
    expect(await errorOf(appender.append('one', live))).to.equal(gone)
    expect(disk.steps).to.deep.equal(['close'])
  })

  it('puts no more into a batch than it may, but for a line that is longer', async () => {
    const disk = memoryFile()
    const appender = createAppender(disk.opened, still, 10)
    await Promise.all(['12', '456', '89', 'longer than all of it', '1'].map((line) => appender.append(line, live)))
    expect(disk.steps.filter((step) => step !== 'sync')).to.deep.equal(['write 10', 'write 22', 'write 2'])
    expect(disk.text()).to.equal('12\n456\n89\nlonger than all of it\n1\n')
  })
})
