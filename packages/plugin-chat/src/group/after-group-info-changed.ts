import { definePlugin, millis, orUnknown, string, struct, type TypeOf } from '@callboard/core'
import { changedFields } from '../shapes/changed-fields.ts'
import { groupType } from '../shapes/group-fields.ts'
import { userDefinedData } from '../shapes/pairs.ts'

/** The body of `Group.CallbackAfterGroupInfoChanged`. Source: vendor document 1047/34378. */
export const GroupAfterGroupInfoChanged = struct(
  { GroupId: string },
  {
    ...groupType,
    Operator_Account: string,
    Name: string,
    Introduction: string,
    Notification: string,
    FaceUrl: string,
    /** Sent only if the app uses custom fields. */
    UserDefinedDataList: userDefinedData,
    /** Undocumented: On or Off. */
    ShutUpAllMember: string,
    EventTime: millis,
  },
)
/** The decoded body: numbers are numbers, unknown fields are kept. */
export type GroupAfterGroupInfoChanged = TypeOf<typeof GroupAfterGroupInfoChanged>

/** The profile of a group was changed. The body holds only the changed fields. */
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
    log: ({ body }) => `${orUnknown(body.Operator_Account, 'operator')} changed ${changedFields(body)} of group ${body.GroupId}`,
  },
})
