import { isPlugin, type Plugin } from '@callboard/core'
import { groupDestroyed } from '@callboard/plugin-group-destroyed'
import { describePlugin } from '@callboard/testing'
import { expect } from 'chai'
import * as chat from '../src/index.ts'

const plugins: readonly Plugin[] = Object.values<unknown>(chat).filter(isPlugin)

for (const plugin of plugins) describePlugin(plugin)

describe('plugin-chat', () => {
  it('declares each command once and re-exports the exemplar as the same object', () => {
    expect(new Set(plugins.map(({ command }) => command)).size).to.equal(plugins.length)
    expect(plugins).to.include(groupDestroyed)
  })

  it('logs one line for every callback, without undefined values and without message content', () => {
    for (const plugin of plugins) {
      const read = plugin.decode(plugin.sample)
      if ('reasons' in read) throw new Error(read.reasons.join('; '))
      const { CallbackCommand, ...body } = plugin.sample
      void CallbackCommand
      const line = String(
        read.payloadFor('log', { id: '1', command: plugin.command, app: 1, receivedAt: 0, query: {}, body, raw: new Uint8Array() }),
      )
      expect(line, plugin.command).not.to.match(/undefined|NaN|\[object|hello|custom|[\r\n]/)
      expect(line.length, plugin.command).to.be.within(10, 200)
    }
  })
})
