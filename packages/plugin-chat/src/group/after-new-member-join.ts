import { definePlugin, millis, orUnknown, string, struct, type TypeOf } from '@callboard/core'
import { groupType } from '../shapes/group-fields.ts'
import { formatMembers, members } from '../shapes/members.ts'

/** The body of `Group.CallbackAfterNewMemberJoin`. Source: vendor document 1047/34372. */
export const GroupAfterNewMemberJoin = struct(
  { GroupId: string, NewMemberList: members },
  {
    ...groupType,
    /** An open set: Apply (asked to join), Invited (added by another member). */
    JoinType: string,
    Operator_Account: string,
    EventTime: millis,
  },
)
/** The decoded body: numbers are numbers, unknown fields are kept. */
export type GroupAfterNewMemberJoin = TypeOf<typeof GroupAfterNewMemberJoin>

/** Users joined a group. Not sent for REST `import_group_member`. */
export const groupAfterNewMemberJoin = definePlugin({
  command: 'Group.CallbackAfterNewMemberJoin',
  title: 'Members joined',
  body: GroupAfterNewMemberJoin,
  key: (body) => body.GroupId,
  sample: {
    GroupId: '@TGS#1',
    Type: 'Public',
    JoinType: 'Apply',
    Operator_Account: 'user1',
    NewMemberList: [{ Member_Account: 'user1' }],
    EventTime: '1670574414123',
  },
  hooks: {
    log: ({ body }) =>
      `${formatMembers(body.NewMemberList)} joined group ${body.GroupId} (${orUnknown(body.JoinType, 'way')}, by ${orUnknown(body.Operator_Account, 'operator')})`,
  },
})
