import { definePlugin, millis, orUnknown, string, struct, type TypeOf } from '@callboard/core'
import { groupType } from '../shapes/group-fields.ts'
import { inviteVerdicts } from '../shapes/group-verdicts.ts'
import { formatMembers, members } from '../shapes/members.ts'

/** The body of `Group.CallbackBeforeInviteJoinGroup`. Source: vendor document 1047/34371. */
export const GroupBeforeInviteJoinGroup = struct(
  { GroupId: string, DestinationMembers: members },
  { ...groupType, Operator_Account: string, EventTime: millis },
)
/** The decoded body: numbers are numbers, unknown fields are kept. */
export type GroupBeforeInviteJoinGroup = TypeOf<typeof GroupBeforeInviteJoinGroup>

/** A member adds users to a group. Not sent for REST `import_group_member`. */
export const groupBeforeInviteJoinGroup = definePlugin({
  command: 'Group.CallbackBeforeInviteJoinGroup',
  title: 'Before users are pulled into a group',
  body: GroupBeforeInviteJoinGroup,
  key: (body) => body.GroupId,
  before: inviteVerdicts,
  sample: {
    GroupId: '@TGS#1',
    Type: 'Public',
    Operator_Account: 'user1',
    DestinationMembers: [{ Member_Account: 'user2' }, { Member_Account: 'user3' }],
    EventTime: '1670574414123',
  },
  hooks: {
    log: ({ body }) =>
      `${orUnknown(body.Operator_Account, 'operator')} pulls ${formatMembers(body.DestinationMembers)} into group ${body.GroupId}`,
  },
})
