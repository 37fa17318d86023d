import { createDispatcher } from '@callboard/core'
import { openReader, sqlite } from '@callboard/journal'
import { expect } from 'chai'
import { newPath, removeAll } from './temporary-path.ts'

const apps = [{ sdkAppId: 1, verify: 'none' }] as const

describe('the README of the journal', () => {
  after(removeAll)

  it('shows how to open a journal and how to read it', async () => {
    const path = await newPath()
    // #region use
    const callboard = await createDispatcher({ apps, plugins: [], sinks: {}, routes: {}, journal: sqlite({ path }) })
    // #endregion
    // #region look
    const reader = openReader(path)
    const { events, next } = reader.find({ limit: 50, order: 'newest', sink: 'crm', state: 'dead' })
    reader.close()
    // #endregion
    expect([events, next]).to.deep.equal([[], undefined])
    await callboard.stop()
  })
})
