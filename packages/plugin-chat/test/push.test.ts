import { pushAllMemberPush, pushOfflinePush } from '@callboard/plugin-chat'
import { expect } from 'chai'
import { line, read } from './read.ts'

const result = (TaskId: string, EventTime: number | string, ErrCode: number) => ({
  CallbackCommand: 'Push.AllMemberPush',
  EventType: 1,
  TaskId,
  TaskTime: 1_557_481_127,
  EventTime,
  To_Account: 'user2',
  PushPlatform: 1,
  PushStage: 1,
  ErrCode,
})

describe('a batch of push results', () => {
  it('has the time of its last push, converted from seconds', () => {
    const Events = [result('a', '1557481129', 0), result('a', 1_557_481_130, 0), result('a', 1_557_481_128, 0)]
    expect(read(pushAllMemberPush, { Events }).eventTime).to.equal(1_557_481_130_000)
    expect(read(pushOfflinePush).eventTime).to.equal(1_557_481_127_000)
  })

  it('has no key, and no time if it is empty', () => {
    expect(read(pushAllMemberPush, { Events: [] })).not.to.have.any.keys('eventTime', 'key')
    expect(read(pushOfflinePush)).not.to.have.property('key')
  })

  it('accepts results whose fields of the other kind are empty or absent, and has the last known time [F50]', () => {
    const sparse = { PushPlatform: 8, GroupID: '', MsgKey: '', MsgSeq: '', MsgRandom: '', TaskTime: '', DeviceType: '' }
    const Events = [sparse, result('a', 1_557_481_130, 0), { ...sparse, EventTime: 1_557_481_128 }]
    for (const plugin of [pushAllMemberPush, pushOfflinePush]) expect(read(plugin, { Events }).eventTime).to.equal(1_557_481_130_000)
    expect(line(pushAllMemberPush, { Events })).to.equal('push of unknown task, a: 3 results, 0 failed')
    expect(pushAllMemberPush.decode({ Events: [{ TaskTime: 'soon' }] })).to.deep.equal({
      reasons: ['Events.0.TaskTime: expected "" or seconds'],
    })
  })

  it('keeps the vendor’s seconds as numbers', () => {
    const { body } = read(pushAllMemberPush, { Events: [result('a', '1557481129', 0)] })
    expect(body).to.have.nested.property('Events[0].EventTime', 1_557_481_129)
  })

  it('logs each task once and the number of failed pushes', () => {
    const Events = [result('a', 1, 0), result('b', 1, 7), result('a', 1, 8)]
    expect(line(pushAllMemberPush, { Events })).to.equal('push of a, b: 3 results, 2 failed')
    expect(line(pushOfflinePush)).to.equal('push of messages: 2 results, 0 failed')
  })
})
