import { EventEmitter } from 'node:events'
import { access, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { startChild } from '../src/process/child-process.ts'
import { Interrupted, withTemporaryDirectory } from '../src/process/temporary-directory.ts'

const untilStopped = [process.execPath, '-e', 'console.log("here"); setInterval(() => {}, 1000)']
const isThere = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  )
const runs = (pid: number) => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** Runs a task that writes a file, starts a child and then calls `then`. Returns the outcome and what is left. */
const leftBy = async (then: () => Promise<string>, signals = new EventEmitter()) => {
  const parent = await mkdtemp(join(tmpdir(), 'own-directory-'))
  let [pid, own] = [0, '']
  const task = async (dir: string) => {
    own = dir
    await writeFile(join(dir, 'journal'), '')
    const child = startChild(untilStopped)
    pid = child.pid
    await child.outputMatch(/here/)
    return then()
  }
  const outcome = await withTemporaryDirectory(parent, task, signals).catch((error: unknown) => error)
  const left = { outcome, child: runs(pid), directory: await isThere(own) }
  await rm(parent, { recursive: true })
  return left
}

describe('withTemporaryDirectory', () => {
  it('removes the directory and ends the children after the task', async () => {
    expect(await leftBy(async () => 'done')).to.deep.equal({ outcome: 'done', child: false, directory: false })
  })

  it('removes the directory and ends the children when the task fails', async () => {
    const failure = new Error('the program ended')
    expect(await leftBy(() => Promise.reject(failure))).to.deep.equal({ outcome: failure, child: false, directory: false })
  })

  it('removes the directory and ends the children at once on SIGINT', async () => {
    const signals = new EventEmitter()
    const { outcome, child, directory } = await leftBy(() => {
      signals.emit('SIGINT', 'SIGINT')
      return new Promise(() => {})
    }, signals)
    expect(outcome).to.be.instanceOf(Interrupted)
    expect({ child, directory }).to.deep.equal({ child: false, directory: false })
  })
})
