import { definePlugin, integer, list, seconds, string, struct, type TypeOf } from '@callboard/core'
import { lastOf, pushed, pushedBesides, tally } from '../shapes/push.ts'

/** The body of `Push.OfflinePush`: up to a hundred results. Source: vendor document 1047/67552. */
export const PushOfflinePush = struct({
  Events: list(
    struct(
      {
        ...pushed,
        /** An open set: 1 one-to-one, 2 group. */
        EventType: integer,
        From_Account: string,
        MsgSeq: integer,
        MsgTime: seconds,
      },
      {
        ...pushedBesides,
        /** One-to-one only. */
        MsgKey: string,
        /** Groups only; with a capital D, here alone. */
        GroupID: string,
        MsgRandom: integer,
        PushID: string,
      },
    ),
  ),
})
/** The decoded body: numbers are numbers, times count in seconds. */
export type PushOfflinePush = TypeOf<typeof PushOfflinePush>

/** What became of the pushes that messages made. A batch tells of many conversations: no key, no order. */
export const pushOfflinePush = definePlugin({
  command: 'Push.OfflinePush',
  title: 'Results of ordinary message pushes',
  body: PushOfflinePush,
  eventTime: (body) => lastOf(body.Events),
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
    log: ({ body: { Events } }) => `push of messages: ${tally(Events)}`,
  },
})
