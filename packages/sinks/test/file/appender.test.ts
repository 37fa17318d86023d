import { expect } from 'chai'
import { type AppendFile, type AppendTarget, createAppender, type OpenFile } from '../../src/file/appender.ts'

const neverAborted = new AbortController().signal

/** Returns a file in memory that records each call. A test can make its calls fail or wait. */
const memoryFile = (before = '') => {
  const steps: string[] = []
  const disk = { bytes: Buffer.from(before) }
  const faults: { write?: { readonly after: number; readonly error: Error }; datasync?: Error; truncate?: Error } = {}
  const controls = { largestWrite: Number.POSITIVE_INFINITY }
  let hold: Promise<void> | undefined
  const file = {
    write: async (bytes: Buffer, offset = 0) => {
      const { write } = faults
      const bytesWritten = Math.min(bytes.length - offset, write?.after ?? controls.largestWrite)
      if (write && bytesWritten === 0) throw write.error
      if (write) faults.write = { ...write, after: write.after - bytesWritten }
      disk.bytes = Buffer.concat([disk.bytes, bytes.subarray(offset, offset + bytesWritten)])
      steps.push(`write ${bytesWritten}`)
      return { bytesWritten, buffer: bytes }
    },
    datasync: async () => {
      await hold
      if (faults.datasync) throw faults.datasync
      steps.push('sync')
    },
    stat: async () => ({ size: disk.bytes.length }),
    truncate: async (length = 0) => {
      if (faults.truncate) throw faults.truncate
      disk.bytes = disk.bytes.subarray(0, length)
      steps.push(`truncate ${length}`)
    },
    close: async () => {
      steps.push('close')
    },
  }
  const openFile: OpenFile = {
    // This object has only the methods that an appender calls, without the overloads of FileHandle.
    file: file as unknown as AppendFile,
    path: '/audit.jsonl',
    length: before.length,
    isRegular: true,
    dev: 1n,
    ino: 1n,
    lastLineAt: 0,
  }
  return Object.assign(controls, {
    openFile,
    steps,
    faults,
    text: () => disk.bytes.toString(),
    /** Makes each sync wait until the test calls the returned function. */
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

/** A target that never changes the current file. */
const unchangingTarget: AppendTarget = { prepare: async (current) => current, confirm: async () => {} }

const errorOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  )
const nextEventLoopTurn = () => new Promise((resolve) => setImmediate(resolve))

describe('appender', () => {
  it('resolves a write only after the sync', async () => {
    const disk = memoryFile()
    const release = disk.holdSync()
    const appender = createAppender(disk.openFile, unchangingTarget)
    let isResolved = false
    const writing = appender.append('one', neverAborted).then(() => {
      isResolved = true
    })
    await nextEventLoopTurn()
    expect(disk.text()).to.equal('one\n')
    expect(isResolved).to.equal(false)
    release()
    await writing
    expect(disk.steps).to.deep.equal(['write 4', 'sync'])
  })

  it('writes concurrent lines in order with one write and one sync', async () => {
    const disk = memoryFile()
    const appender = createAppender(disk.openFile, unchangingTarget)
    await Promise.all(Array.from({ length: 256 }, (_, each) => appender.append(String(each % 10), neverAborted)))
    expect(disk.steps).to.deep.equal(['write 512', 'sync'])
    expect(disk.text().startsWith('0\n1\n2\n3\n')).to.equal(true)
  })

  it('batches lines that arrive during a sync into the next write', async () => {
    const disk = memoryFile()
    const release = disk.holdSync()
    const appender = createAppender(disk.openFile, unchangingTarget)
    const first = appender.append('one', neverAborted)
    await nextEventLoopTurn()
    const others = [appender.append('two', neverAborted), appender.append('three', neverAborted)]
    release()
    await Promise.all([first, ...others])
    expect(disk.steps).to.deep.equal(['write 4', 'sync', 'write 10', 'sync'])
  })

  it('continues a partial write at the first byte that the file has not stored', async () => {
    const disk = memoryFile()
    disk.largestWrite = 5
    const appender = createAppender(disk.openFile, unchangingTarget)
    await appender.append('one and two', neverAborted)
    expect(disk.text()).to.equal('one and two\n')
    expect(disk.steps).to.deep.equal(['write 5', 'write 5', 'write 2', 'sync'])
  })

  it('truncates a partly written line after a write error, closes the file and rejects further lines', async () => {
    const disk = memoryFile('old\n')
    const writeError = new Error('ENOSPC')
    disk.faults.write = { after: 5, error: writeError }
    const appender = createAppender(disk.openFile, unchangingTarget)
    const first = errorOf(appender.append('one', neverAborted))
    const second = errorOf(appender.append('two', neverAborted))
    expect(await first).to.equal(writeError)
    expect(await second).to.equal(writeError)
    expect(disk.text()).to.equal('old\n')
    expect(disk.steps).to.deep.equal(['write 5', 'truncate 4', 'close'])
    expect(await errorOf(appender.append('three', neverAborted))).to.equal(writeError)
    await appender.close()
    expect(disk.steps.filter((step) => step === 'close')).to.have.length(1)
  })

  it('truncates the line after a failed sync and does not repeat the sync', async () => {
    const disk = memoryFile()
    disk.faults.datasync = new Error('EIO')
    const appender = createAppender(disk.openFile, unchangingTarget)
    expect(await errorOf(appender.append('one', neverAborted))).to.equal(disk.faults.datasync)
    expect(disk.text()).to.equal('')
    expect(disk.steps).to.deep.equal(['write 4', 'truncate 0', 'close'])
  })

  it('rejects the lines that wait in the queue when a write fails', async () => {
    const disk = memoryFile()
    disk.faults.datasync = new Error('EIO')
    disk.faults.truncate = new Error('EIO')
    const release = disk.holdSync()
    const appender = createAppender(disk.openFile, unchangingTarget)
    const first = errorOf(appender.append('one', neverAborted))
    await nextEventLoopTurn()
    const second = errorOf(appender.append('two', neverAborted))
    release()
    expect(await first).to.be.an('error')
    expect(await second).to.be.an('error')
    expect(disk.text()).to.equal('one\n')
  })

  it('does not truncate a line that another program appended', async () => {
    const disk = memoryFile()
    disk.faults.datasync = new Error('EIO')
    const release = disk.holdSync()
    const appender = createAppender(disk.openFile, unchangingTarget)
    const writing = errorOf(appender.append('one', neverAborted))
    await nextEventLoopTurn()
    disk.add('foreign\n')
    release()
    expect(await writing).to.be.an('error')
    expect(disk.text()).to.equal('one\nforeign\n')
  })

  it('does not write a queued line after its signal aborts', async () => {
    const disk = memoryFile()
    const release = disk.holdSync()
    const appender = createAppender(disk.openFile, unchangingTarget)
    const controller = new AbortController()
    const first = appender.append('one', neverAborted)
    await nextEventLoopTurn()
    const second = errorOf(appender.append('two', controller.signal))
    const third = appender.append('three', neverAborted)
    controller.abort(new Error('late'))
    release()
    await Promise.all([first, third])
    expect(await second)
      .to.be.an('error')
      .with.property('message', 'late')
    expect(disk.text()).to.equal('one\nthree\n')
  })

  it('closes the file after it syncs the pending lines', async () => {
    const disk = memoryFile()
    const appender = createAppender(disk.openFile, unchangingTarget)
    const writing = appender.append('one', neverAborted)
    await appender.close()
    expect(disk.steps).to.deep.equal(['write 4', 'sync', 'close'])
    await writing
  })

  it('calls `prepare` before each batch and writes to the file that `prepare` returns', async () => {
    const [first, second] = [memoryFile('old\n'), memoryFile('')]
    const prepareCalls: (readonly [number, number])[] = []
    const appender = createAppender(first.openFile, {
      ...unchangingTarget,
      prepare: async (current, bytes) => {
        prepareCalls.push([current.length, bytes])
        return prepareCalls.length === 2 ? second.openFile : current
      },
    })
    for (const line of ['one', 'two', 'three']) await appender.append(line, neverAborted)
    expect(prepareCalls).to.deep.equal([
      [4, 4],
      [8, 4],
      [4, 6],
    ])
    expect([first.text(), second.text()]).to.deep.equal(['old\none\n', 'two\nthree\n'])
    await appender.close()
    expect(second.steps.at(-1)).to.equal('close')
  })

  it('calls `confirm` after the sync and, if `confirm` rejects, truncates the line and rejects the write', async () => {
    const disk = memoryFile('old\n')
    const confirmError = new Error('moved')
    const confirm = async ({ length }: OpenFile) => {
      disk.steps.push(`confirm ${length}`)
      throw confirmError
    }
    const appender = createAppender(disk.openFile, { ...unchangingTarget, confirm })
    expect(await errorOf(appender.append('one', neverAborted))).to.equal(confirmError)
    expect(disk.steps).to.deep.equal(['write 4', 'sync', 'confirm 8', 'truncate 4', 'close'])
    expect(disk.text()).to.equal('old\n')
    expect(await errorOf(appender.append('two', neverAborted))).to.equal(confirmError)
  })

  it('closes the file without a write if `prepare` rejects', async () => {
    const disk = memoryFile()
    const prepareError = new Error('EACCES')
    const appender = createAppender(disk.openFile, { ...unchangingTarget, prepare: () => Promise.reject(prepareError) })
    expect(await errorOf(appender.append('one', neverAborted))).to.equal(prepareError)
    expect(disk.steps).to.deep.equal(['close'])
  })

  it('limits the bytes of a batch and writes a line above the limit in its own batch', async () => {
    const disk = memoryFile()
    const appender = createAppender(disk.openFile, unchangingTarget, 10)
    await Promise.all(['12', '456', '89', 'longer than all of it', '1'].map((line) => appender.append(line, neverAborted)))
    expect(disk.steps.filter((step) => step !== 'sync')).to.deep.equal(['write 10', 'write 22', 'write 2'])
    expect(disk.text()).to.equal('12\n456\n89\nlonger than all of it\n1\n')
  })
})
