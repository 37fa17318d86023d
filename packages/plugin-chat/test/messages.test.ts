import { eventOf } from '@callboard/testing'
import { expect } from 'chai'
import { c2cAfterSendMsg, groupAfterSendMsg, groupBeforeSendMsg, MsgBody } from '../src/index.ts'

// One element of each kind, with every field that the vendor documents.
const elements = [
  { MsgType: 'TIMTextElem', MsgContent: { Text: 'x' } },
  { MsgType: 'TIMFaceElem', MsgContent: { Index: 6, Data: 'x' } },
  { MsgType: 'TIMCustomElem', MsgContent: { Data: 'x', Desc: '', Ext: '', Sound: '' } },
  { MsgType: 'TIMLocationElem', MsgContent: { Desc: 'x', Latitude: 29.34, Longitude: -116.33 } },
  { MsgType: 'TIMSoundElem', MsgContent: { Url: 'http://x', UUID: 'x', Size: 62_351, Second: 1, Download_Flag: 2 } },
  {
    MsgType: 'TIMImageElem',
    MsgContent: {
      UUID: 'x',
      ImageFormat: 255,
      ImageInfoArray: [{ Type: 1, Size: 1_853_095, Width: 2_448, Height: 3_264, URL: 'http://x' }],
    },
  },
  { MsgType: 'TIMFileElem', MsgContent: { Url: 'http://x', UUID: 'x', FileSize: 1_773_552, FileName: 'x', Download_Flag: 2 } },
  {
    MsgType: 'TIMVideoFileElem',
    MsgContent: {
      VideoUrl: 'http://x',
      VideoUUID: 'x',
      VideoSize: 1_194_603,
      VideoSecond: 5,
      VideoFormat: 'mp4',
      VideoDownloadFlag: 2,
      ThumbUrl: 'http://x',
      ThumbUUID: 'x',
      ThumbSize: 13_907,
      ThumbWidth: 720,
      ThumbHeight: 1_280,
      ThumbFormat: 'JPG',
      ThumbDownloadFlag: 2,
    },
  },
  {
    MsgType: 'TIMRelayElem',
    MsgContent: {
      Title: 'x',
      MsgNum: 1,
      CompatibleText: 'x',
      AbstractList: ['x'],
      MsgList: [{ From_Account: 'user1', MsgSeq: 1, MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text: 'x' } }] }],
      JsonMsgKey: 'x',
    },
  },
] as const

const line = (body: unknown) => {
  const read = groupAfterSendMsg.decode(body)
  if ('reasons' in read) throw new Error(read.reasons.join('; '))
  return read.payloadFor('log', eventOf(groupAfterSendMsg))
}

describe('the elements of a message body', () => {
  for (const element of elements) {
    const { MsgType, MsgContent } = element
    it(`${MsgType}: decodes with all its fields and with none`, () => {
      expect(MsgBody.decode([element])).to.have.deep.property('right', [element])
      expect(MsgBody.decode([{ MsgType, MsgContent: {} }])).to.have.property('_tag', 'Right')
    })

    it(`${MsgType}: is refused if a field has a wrong type`, () => {
      for (const field of Object.keys(MsgContent)) {
        expect(MsgBody.decode([{ MsgType, MsgContent: { ...MsgContent, [field]: true } }])._tag, field).to.equal('Left')
      }
    })

    it(`${MsgType}: keeps unknown fields, in any order of keys`, () => {
      const turned = { Beside: 1, MsgContent: { More: { of: 'it' }, ...MsgContent }, MsgType }
      expect(MsgBody.decode([turned])).to.have.deep.property('right', [turned])
    })
  }

  it('may have numbers as digits and fractions of a second', () => {
    const sound = { MsgType: 'TIMSoundElem', MsgContent: { Size: '62351', Second: 1.5 } }
    expect(MsgBody.decode([sound])).to.have.deep.property('right', [{ ...sound, MsgContent: { Size: 62_351, Second: 1.5 } }])
  })

  it('are kept unchanged if their kind is unknown', () => {
    const message = { ...groupBeforeSendMsg.sample, MsgBody: [{ MsgContent: { Index: 'seven' }, MsgType: 'TIMStickerElem' }, ...elements] }
    const read = groupBeforeSendMsg.decode(message)
    expect(read).to.have.nested.property('body.MsgBody').that.deep.equals(message.MsgBody)
  })

  it('may be an empty list', () => {
    expect(line({ ...groupAfterSendMsg.sample, MsgBody: [] })).to.equal('user1 sent nothing to group @TGS#1, message 123')
  })

  it('appear in the log by their kind only, at most three', () => {
    const { sample } = groupAfterSendMsg
    expect(line(sample)).to.equal('user1 sent TIMTextElem to group @TGS#1, message 123')
    expect(line({ ...sample, MsgBody: elements })).to.equal(
      'user1 sent TIMTextElem+TIMFaceElem+TIMCustomElem+… to group @TGS#1, message 123',
    )
  })
})

describe('the time of a message', () => {
  it('is EventTime, or else MsgTime in seconds', () => {
    const { EventTime: _, ...timeless } = groupAfterSendMsg.sample
    expect(groupAfterSendMsg.decode(groupAfterSendMsg.sample)).to.have.property('eventTime', 1_670_574_414_123)
    expect(groupAfterSendMsg.decode(timeless)).to.have.property('eventTime', 1_490_686_222_000)
    expect(c2cAfterSendMsg.decode(c2cAfterSendMsg.sample)).to.have.property('eventTime', 1_557_481_126_000)
    expect(c2cAfterSendMsg.decode({ ...c2cAfterSendMsg.sample, EventTime: '5' })).to.have.property('eventTime', 5)
  })
})
