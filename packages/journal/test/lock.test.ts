import { JournalBusyError, sqlite } from '@callboard/journal'
import { expect } from 'chai'
import { startOwner } from './owner-process.ts'
import { newPath, removeAll } from './temporary-path.ts'

const openError = async (path: string): Promise<unknown> => {
  try {
    const journal = await sqlite({ path })
    await journal.close()
    return undefined
  } catch (error) {
    return error
  }
}

describe('the lock of a journal', () => {
  after(removeAll)

  it('rejects a second owner in the same process until the first one closes', async () => {
    const path = await newPath()
    const journal = await sqlite({ path })
    const error = await openError(path)
    expect(error).to.be.instanceOf(JournalBusyError)
    expect(String(error)).to.include(path).and.include(`process ${process.pid}`)
    await journal.close()
    expect(await openError(path)).to.equal(undefined)
  })

  it('rejects a second process with the id of the first, also after garbage collections [F11]', async () => {
    const path = await newPath()
    const owner = startOwner(path, 'hold')
    try {
      expect((await owner.lines.next()).value).to.equal('holding')
      const error = await openError(path)
      expect(error).to.be.instanceOf(JournalBusyError).and.include({ path, pid: owner.pid })
    } finally {
      await owner.kill()
    }
  })

  it('is released when its process is killed', async () => {
    const path = await newPath()
    const owner = startOwner(path, 'hold')
    await owner.lines.next()
    await owner.kill()
    expect(await openError(path)).to.equal(undefined)
  })
})
