import { groupDestroyed } from '@callboard/plugin-group-destroyed'
import { describePlugin, eventOf, quarantinedEvent } from '@callboard/testing'
import { expect } from 'chai'

const { sample } = groupDestroyed
const { EventTime: _, ...timeless } = sample
const { MemberList: __, ...memberless } = sample

const read = (body: unknown) => {
  const found = groupDestroyed.decode(body)
  if ('reasons' in found) throw new Error(found.reasons.join('; '))
  return found
}
const line = (body: unknown) => read(body).payloadFor('log', eventOf(groupDestroyed))

describePlugin(groupDestroyed)

describe('plugin-group-destroyed', () => {
  it('accepts EventTime as digits, as a number, or absent', () => {
    expect(read(sample).eventTime).to.equal(1_670_574_414_123)
    expect(read({ ...sample, EventTime: 1_670_574_414_123 }).eventTime).to.equal(1_670_574_414_123)
    expect(read(timeless).eventTime).to.equal(undefined)
    expect(read(timeless).body).not.to.have.property('EventTime')
  })

  it('refuses an EventTime that is not a whole number', () => {
    for (const EventTime of ['soon', '', 1.5, null, true, '1e3', '99999999999999999999']) {
      expect(groupDestroyed.decode({ ...sample, EventTime })).to.deep.equal({ reasons: ['EventTime: expected milliseconds'] })
    }
  })

  it('has the group as key', () => {
    expect(read(sample).key).to.equal('@TGS#1')
  })

  it('accepts a Community, which is sent without its members', () => {
    const community = { ...memberless, Type: 'Community', GroupId: '@TGS#_1' }
    expect(line(community)).to.equal('group @TGS#_1 (MyFirstGroup) disbanded, unknown number of members')
  })

  it('accepts a body with nothing but the group, as older apps send it [F50]', () => {
    expect(line({ GroupId: '@TGS#1' })).to.equal('group @TGS#1 (unknown name) disbanded, unknown number of members')
    expect(groupDestroyed.decode({ Name: 'MyFirstGroup' })).to.deep.equal({ reasons: ['GroupId: expected string, got nothing'] })
  })

  it('accepts an unknown type of group', () => {
    expect(read({ ...sample, Type: 'Palace' }).body).to.have.property('Type', 'Palace')
  })

  it('writes a log line with the name of the group and the number of its members', () => {
    expect(line(sample)).to.equal('group @TGS#1 (MyFirstGroup) disbanded, 2 members')
  })

  it('leaves files and webhooks to the defaults of their sinks', () => {
    for (const kind of ['file', 'webhook']) expect(read(sample).payloadFor(kind, eventOf(groupDestroyed))).to.equal(undefined)
  })

  it('keeps fields that the vendor has not documented', () => {
    const body = { ...sample, MemberList: [{ Member_Account: 'user1', Role: 'Owner' }], OptUserID: 'admin' }
    expect(read(body).body).to.deep.equal({ ...body, EventTime: 1_670_574_414_123 })
  })

  it('recognizes only its own accepted events', () => {
    expect(groupDestroyed.is(eventOf(groupDestroyed))).to.equal(true)
    expect(groupDestroyed.is(quarantinedEvent())).to.equal(false)
    expect(groupDestroyed.is(eventOf(groupDestroyed, { command: 'Group.CallbackAfterCreateGroup' }))).to.equal(false)
  })
})
