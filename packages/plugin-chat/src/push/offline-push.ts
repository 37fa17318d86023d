import { definePlugin, integer, list, string, struct, type TypeOf } from '@callboard/core'
import { integerOrEmpty, lastEventTime, pushFields, secondsOrEmpty, summaryOf } from '../shapes/push.ts'

/** The body of `Push.OfflinePush`: up to 100 results. Source: vendor document 1047/67552. */
export const PushOfflinePush = struct({
  Events: list(
    struct(
      {},
      {
        ...pushFields,
        /** An open set: 1 one-to-one, 2 group. */
        EventType: integer,
        From_Account: string,
        MsgSeq: integerOrEmpty,
        MsgTime: secondsOrEmpty,
        /** One-to-one only. */
        MsgKey: string,
        /** Groups only; with a capital D, here alone. */
        GroupID: string,
        MsgRandom: integerOrEmpty,
        PushID: string,
      },
    ),
  ),
})
/** The decoded body: numbers are numbers, times are in seconds. */
export type PushOfflinePush = TypeOf<typeof PushOfflinePush>

/** Results of message pushes. A batch is about many conversations, so it has no key. */
export const pushOfflinePush = definePlugin({
  command: 'Push.OfflinePush',
  title: 'Results of ordinary message pushes',
  body: PushOfflinePush,
  eventTime: (body) => lastEventTime(body.Events),
  sample: {
    Events: [
      {
        CallbackCommand: 'Push.OfflinePush',
        EventType: 1,
        EventTime: 1557481127,
        From_Account: 'user1',
        To_Account: 'user2',
        PushPlatform: 1,
        PushStage: 1,
        MsgKey: '48374_2837546_1557481126',
        MsgSeq: 48374,
        MsgRandom: 2837546,
        MsgTime: 1557481126,
        PushID: '67120c46_1',
        ErrCode: 0,
        ErrInfo: 'OK',
      },
      {
        CallbackCommand: 'Push.OfflinePush',
        EventType: 2,
        EventTime: 1557481127,
        From_Account: 'user2',
        To_Account: 'user3',
        PushPlatform: 1,
        PushStage: 1,
        GroupID: '@TGS#1',
        MsgSeq: 48375,
        MsgRandom: 2837546,
        MsgTime: 1557481126,
        PushID: '6710c631_1',
        ErrCode: 0,
        ErrInfo: 'OK',
      },
    ],
  },
  hooks: {
    log: ({ body: { Events } }) => `push of messages: ${summaryOf(Events)}`,
  },
})
