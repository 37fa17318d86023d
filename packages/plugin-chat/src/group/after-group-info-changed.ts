import { definePlugin, millis, string, struct, type TypeOf } from '@callboard/core'
import { changedIn } from '../shapes/changed.ts'
import { groupFields } from '../shapes/group-fields.ts'
import { userDefinedData } from '../shapes/pairs.ts'

/** The body of `Group.CallbackAfterGroupInfoChanged`, as it is seen on the wire. Source: vendor document 1047/34378. */
export const GroupAfterGroupInfoChanged = struct(
  {
    ...groupFields,
    Operator_Account: string,
  },
  {
    Name: string,
    Introduction: string,
    Notification: string,
    FaceUrl: string,
    /** Only where the app uses custom fields. */
    UserDefinedDataList: userDefinedData,
    /** On or Off; undocumented. */
    ShutUpAllMember: string,
    EventTime: millis,
  },
)
/** The decoded body: numbers are numbers, unknown fields are kept. */
export type GroupAfterGroupInfoChanged = TypeOf<typeof GroupAfterGroupInfoChanged>

/** The profile of a group was changed; only what changed is in the body. */
export const groupAfterGroupInfoChanged = definePlugin({
  command: 'Group.CallbackAfterGroupInfoChanged',
  title: 'Group profile changed',
  body: GroupAfterGroupInfoChanged,
  key: (body) => body.GroupId,
  sample: {
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
