import type { JsonObject } from '@callboard/core'
import { expect } from 'chai'
import { dedupeKeyOf } from '../../src/pipeline/dedupe-key.ts'

const identity = (json: JsonObject) => dedupeKeyOf(json, Buffer.from(JSON.stringify(json)))

describe('the identity of a callback', () => {
  it('is had by bodies that say which occurrence they tell of: a moment, a message, a call, a task, a verdict', () => {
    for (const field of ['EventTime', 'MsgKey', 'MsgId', 'MsgSeq', 'CallId', 'TaskId', 'CtxcbRequestId']) {
      expect(identity({ [field]: 'x' }), field).to.be.a('string')
      expect(identity({ Events: [{}, { [field]: 'x' }] }), field).to.be.a('string')
    }
  })

  it('is the same for equal bytes, and another for others', () => {
    expect(identity({ EventTime: 1 })).to.equal(identity({ EventTime: 1 }))
    expect(identity({ EventTime: 1 })).not.to.equal(identity({ EventTime: 2 }))
  })

  it('begins with the moment, where the body has one, so that what is told at one time lies together', () => {
    expect(identity({ EventTime: 1_670_574_414_123 })).to.match(/^1670574414123\.[\w-]{43}$/)
    expect(identity({ EventTime: '1670574414123' })).to.match(/^1670574414123\.[\w-]{43}$/)
    for (const EventTime of [1, '167057441412', 'x', { toString: 1 }]) expect(identity({ EventTime })).to.match(/^[\w-]{43}$/)
  })

  it('is had by no body that might tell of two occurrences with the same bytes', () => {
    expect(identity({ ServiceName: 'openim', Command: 'batchsendmsg', Request: 510, Limit: 200 })).to.equal(undefined)
    expect(identity({ Info: { EventTime: 1 } })).to.equal(undefined)
  })
})
