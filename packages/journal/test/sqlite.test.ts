import { JournalError } from '@callboard/core'
import { sqlite } from '@callboard/journal'
import { describeJournal } from '@callboard/testing'
import { expect } from 'chai'
import { anEvent } from './events.ts'
import { newPath, removeAll } from './temporary-path.ts'

after(removeAll)

describeJournal(
  'sqlite()',
  async (clock) => {
    const path = await newPath()
    const open = () => sqlite({ path, clock })
    return { journal: await open(), reopen: open }
  },
  { durable: true },
)

describe('sqlite()', () => {
  it('fails only the call that cannot be sent to the worker, not the others of the same turn', async () => {
    const journal = await sqlite({ path: await newPath() })
    // From a caller in JavaScript: functions cannot be cloned.
    const uncloneable = { limit: 1, order: 'newest', command: () => {} } as unknown as Parameters<typeof journal.find>[0]
    const [found, appended] = await Promise.allSettled([journal.find(uncloneable), journal.append([anEvent('1')])])
    expect(found).to.have.property('reason').that.is.instanceOf(JournalError).with.property('code', 'down')
    expect(appended).to.deep.equal({ status: 'fulfilled', value: [{ type: 'recorded', id: '1' }] })
    await journal.close()
  })

  it('has a description with its path, and the durability `disk`', async () => {
    const path = await newPath()
    const journal = await sqlite({ path })
    expect(journal.durability).to.equal('disk')
    expect(journal.description).to.include(path)
    await journal.close()
  })
})
