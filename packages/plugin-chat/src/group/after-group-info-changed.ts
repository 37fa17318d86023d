import { definePlugin, millis, struct } from '@callboard/core'
import * as t from 'io-ts'
import { changedIn } from '../shapes/changed.ts'
import { userDefinedData } from '../shapes/pairs.ts'

/** The body of `Group.CallbackAfterGroupInfoChanged`, as it is seen on the wire. Source: vendor document 1047/34378. */
export const GroupAfterGroupInfoChanged = struct(
  {
    GroupId: t.string,
    /** An open set: Private, Public, ChatRoom, AVChatRoom, Community, and others of older apps and sister products. */
    Type: t.string,
    Operator_Account: t.string,
  },
  {
    Name: t.string,
    Introduction: t.string,
    Notification: t.string,
    FaceUrl: t.string,
    /** Only where the app uses custom fields. */
    UserDefinedDataList: userDefinedData,
    /** On or Off; undocumented. */
    ShutUpAllMember: t.string,
    EventTime: millis,
  },
)
/** The decoded body: numbers are numbers, unknown fields are kept. */
export type GroupAfterGroupInfoChanged = t.TypeOf<typeof GroupAfterGroupInfoChanged>

/** The profile of a group was changed; only what changed is in the body. */
export const groupAfterGroupInfoChanged = definePlugin({
  command: 'Group.CallbackAfterGroupInfoChanged',
  title: 'Group profile changed',
  body: GroupAfterGroupInfoChanged,
  key: (body) => body.GroupId,
  sample: {
    CallbackCommand: 'Group.CallbackAfterGroupInfoChanged',
    GroupId: '@TGS#1',
    Type: 'Public',
    Operator_Account: 'user1',
    Notification: 'NewNotification',
    EventTime: '1670574414123',
  },
  hooks: {
    log: ({ body }) => `${body.Operator_Account} changed ${changedIn(body)} of group ${body.GroupId}`,
  },
})
