import { JournalBusyError, sqlite } from '@callboard/journal'
import { expect } from 'chai'
import { startOwner } from './child.ts'
import { newPath, removeAll } from './directory.ts'

const refusal = async (path: string): Promise<unknown> => {
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

  it('refuses a second owner in the same process, and is free after close', async () => {
    const path = await newPath()
    const journal = await sqlite({ path })
    const error = await refusal(path)
    expect(error).to.be.instanceOf(JournalBusyError)
    expect(String(error)).to.include(path).and.include(`process ${process.pid}`)
    await journal.close()
    expect(await refusal(path)).to.equal(undefined)
  })

  it('refuses a second process, naming the first, and survives garbage collections', async () => {
    const path = await newPath()
    const owner = startOwner(path, 'hold')
    try {
      expect((await owner.lines.next()).value).to.equal('holding')
      const error = await refusal(path)
      expect(error).to.be.instanceOf(JournalBusyError).and.include({ path, pid: owner.pid })
    } finally {
      await owner.kill()
    }
  })

  it('is free as soon as its process was killed', async () => {
    const path = await newPath()
    const owner = startOwner(path, 'hold')
    await owner.lines.next()
    await owner.kill()
    expect(await refusal(path)).to.equal(undefined)
  })
})
