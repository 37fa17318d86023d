import { definePlugin, formatNames, integer, list, orUnknown, string, struct, type TypeOf } from '@callboard/core'
import { integerOrEmpty, lastEventTime, pushFields, secondsOrEmpty, summaryOf } from '../shapes/push.ts'

/** The body of `Push.AllMemberPush`: up to 100 results. Source: vendor document 1047/67551. */
export const PushAllMemberPush = struct({
  Events: list(
    struct(
      {},
      {
        ...pushFields,
        /** An open set: 1 offline push, 2 online push. */
        EventType: integer,
        TaskId: string,
        TaskTime: secondsOrEmpty,
        DataId: string,
        /** Numbers as in PushPlatform. */
        DeviceType: integerOrEmpty,
      },
    ),
  ),
})
/** The decoded body: numbers are numbers, times are in seconds. */
export type PushAllMemberPush = TypeOf<typeof PushAllMemberPush>

/** Results of pushes to all users, by tag or to one user. A batch is about many accounts, so it has no key. */
export const pushAllMemberPush = definePlugin({
  command: 'Push.AllMemberPush',
  title: 'Results of pushes to all, by tag or to one user',
  body: PushAllMemberPush,
  eventTime: (body) => lastEventTime(body.Events),
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
    log: ({ body: { Events } }) =>
      `push of ${formatNames([...new Set(Events.map(({ TaskId }) => orUnknown(TaskId, 'task')))])}: ${summaryOf(Events)}`,
  },
})
