import { definePlugin, millis, struct } from '@callboard/core'
import { expect } from 'chai'

const body = struct({}, { EventTime: millis })
const plain = definePlugin({ command: 'X', title: 'x', body, sample: {} })
const inSeconds = definePlugin({
  command: 'X',
  title: 'x',
  body,
  sample: {},
  eventTime: ({ EventTime }) => EventTime && EventTime * 1_000,
})

describe('the time of an event', () => {
  it('is EventTime, or the result of the plugin’s eventTime', () => {
    expect(plain.decode({ EventTime: '1670574414123' })).to.have.property('eventTime', 1_670_574_414_123)
    expect(inSeconds.decode({ EventTime: 1_670_574_414 })).to.have.property('eventTime', 1_670_574_414_000)
    expect(plain.decode({})).not.to.have.property('eventTime')
  })

  it('is absent when no Date can hold it, and the body is unchanged', () => {
    const late = Number.MAX_SAFE_INTEGER
    for (const plugin of [plain, inSeconds]) {
      const read = plugin.decode({ EventTime: late })
      expect(read).not.to.have.property('eventTime')
      expect(read).to.have.deep.property('body', { EventTime: late })
    }
    expect(plain.decode({ EventTime: 8.64e15 })).to.have.property('eventTime', 8.64e15)
    expect(plain.decode({ EventTime: 8.64e15 + 1 })).not.to.have.property('eventTime')
    expect(plain.decode({ EventTime: -late })).not.to.have.property('eventTime')
  })
})
