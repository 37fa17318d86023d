import type { JsonObject } from '@callboard/core'
import { expect } from 'chai'
import { dedupeKeyOf } from '../../src/pipeline/dedupe-key.ts'

const identity = (json: JsonObject) => dedupeKeyOf(json, Buffer.from(JSON.stringify(json)))

describe('the dedupe key of a callback', () => {
  it('exists when the body names its occurrence: a time, message, call, task or request', () => {
    for (const field of ['EventTime', 'MsgKey', 'MsgId', 'MsgSeq', 'CallId', 'TaskId', 'CtxcbRequestId']) {
      expect(identity({ [field]: 'x' }), field).to.be.a('string')
      expect(identity({ Events: [{}, { [field]: 'x' }] }), field).to.be.a('string')
    }
  })

  it('is equal for equal bytes and different for different bytes', () => {
    expect(identity({ EventTime: 1 })).to.equal(identity({ EventTime: 1 }))
    expect(identity({ EventTime: 1 })).not.to.equal(identity({ EventTime: 2 }))
  })

  it('starts with the EventTime, if any, so that keys of one time are stored together', () => {
    expect(identity({ EventTime: 1_670_574_414_123 })).to.match(/^1670574414123\.[\w-]{43}$/)
    expect(identity({ EventTime: '1670574414123' })).to.match(/^1670574414123\.[\w-]{43}$/)
    for (const EventTime of [1, '167057441412', 'x', { toString: 1 }]) expect(identity({ EventTime })).to.match(/^[\w-]{43}$/)
  })

  it('does not exist when equal bytes may be two occurrences', () => {
    expect(identity({ ServiceName: 'openim', Command: 'batchsendmsg', Request: 510, Limit: 200 })).to.equal(undefined)
    expect(identity({ Info: { EventTime: 1 } })).to.equal(undefined)
  })
})
