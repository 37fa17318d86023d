import { definePlugin, integer, list, seconds, string, struct, type TypeOf } from '@callboard/core'
import { names } from '../shapes/members.ts'
import { lastOf, pushed, pushedBesides, tally } from '../shapes/push.ts'

/** The body of `Push.AllMemberPush`: up to a hundred results. Source: vendor document 1047/67551. */
export const PushAllMemberPush = struct({
  Events: list(
    struct(
      {
        ...pushed,
        /** An open set: 1 offline push, 2 online push. */
        EventType: integer,
        TaskId: string,
        TaskTime: seconds,
      },
      {
        ...pushedBesides,
        DataId: string,
        /** Numbers as in PushPlatform. */
        DeviceType: integer,
      },
    ),
  ),
})
/** The decoded body: numbers are numbers, times count in seconds. */
export type PushAllMemberPush = TypeOf<typeof PushAllMemberPush>

/** What became of pushes to everybody, by tag or to one user. A batch tells of many accounts: no key, no order. */
export const pushAllMemberPush = definePlugin({
  command: 'Push.AllMemberPush',
  title: 'Results of pushes to all, by tag or to one user',
  body: PushAllMemberPush,
  eventTime: (body) => lastOf(body.Events),
  sample: {
    Events: [
      {
        CallbackCommand: 'Push.AllMemberPush',
        EventType: 1,
        TaskId: '657bf434_1',
        TaskTime: 1557481127,
        EventTime: 1557481128,
        To_Account: 'user2',
        PushPlatform: 1,
        PushStage: 1,
        ErrCode: 0,
        ErrInfo: 'OK',
      },
    ],
  },
  hooks: {
    log: ({ body: { Events } }) => `push of ${names([...new Set(Events.map(({ TaskId }) => TaskId))])}: ${tally(Events)}`,
  },
})
