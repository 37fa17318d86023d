import { expect } from 'chai'
import { suggest } from '../../src/util/suggest.ts'

const known = ['sdkAppId', 'tokens', 'retry', 'timeout', 'concurrency', 'host', 'port', 'path', 'cert', 'key', 'plugins', 'sinks']

describe('a suggestion for an unknown word', () => {
  const similar = [
    ['retries', 'retry'],
    ['retrys', 'retry'],
    ['retry_schedule', 'retry'],
    ['Retry', 'retry'],
    ['sdkappid', 'sdkAppId'],
    ['sdk-app-id', 'sdkAppId'],
    ['SDKAppID', 'sdkAppId'],
    ['token', 'tokens'],
    ['hostname', 'host'],
    ['certificate', 'cert'],
    ['timeouts', 'timeout'],
    ['time_out', 'timeout'],
    ['concurrent', 'concurrency'],
    ['pluginz', 'plugins'],
    ['sniks', 'sinks'],
  ] as const
  for (const [word, suggestion] of similar) {
    it(`is ${suggestion} for ${word}`, () => {
      expect(suggest(word, known)).to.equal(`, did you mean "${suggestion}"?`)
    })
  }

  for (const word of ['', 'x', 'wallpaper', 'colour', '日本', '__proto__']) {
    it(`is absent for ${JSON.stringify(word)}`, () => {
      expect(suggest(word, known)).to.equal('')
    })
  }

  it('is absent if no word is known', () => {
    expect(suggest('sinks', [])).to.equal('')
  })
})
