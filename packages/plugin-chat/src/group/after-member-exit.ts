import { definePlugin, millis, orUnknown, string, struct, type TypeOf } from '@callboard/core'
import { groupType } from '../shapes/group-fields.ts'
import { formatMembers, members } from '../shapes/members.ts'

/** The body of `Group.CallbackAfterMemberExit`. Source: vendor document 1047/34373. */
export const GroupAfterMemberExit = struct(
  { GroupId: string, ExitMemberList: members },
  {
    ...groupType,
    /** An open set: Kicked (removed), Quit (left). */
    ExitType: string,
    Operator_Account: string,
    EventTime: millis,
  },
)
/** The decoded body: numbers are numbers, unknown fields are kept. */
export type GroupAfterMemberExit = TypeOf<typeof GroupAfterMemberExit>

/** Users left a group, or were removed from it. */
export const groupAfterMemberExit = definePlugin({
  command: 'Group.CallbackAfterMemberExit',
  title: 'Members left',
  body: GroupAfterMemberExit,
  key: (body) => body.GroupId,
  sample: {
    GroupId: '@TGS#1',
    Type: 'Public',
    ExitType: 'Kicked',
    Operator_Account: 'user1',
    ExitMemberList: [{ Member_Account: 'user2' }],
    EventTime: '1670574414123',
  },
  hooks: {
    log: ({ body }) =>
      `${formatMembers(body.ExitMemberList)} left group ${body.GroupId} (${orUnknown(body.ExitType, 'reason')}, by ${orUnknown(body.Operator_Account, 'operator')})`,
  },
})
