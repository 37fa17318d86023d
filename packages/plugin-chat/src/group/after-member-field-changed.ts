import { definePlugin, millis, orUnknown, string, struct, type TypeOf } from '@callboard/core'
import { groupType } from '../shapes/group-fields.ts'

/** The body of `Group.CallbackAfterMemberFieldChanged`. Source: vendor document 1047/60393. */
export const GroupAfterMemberFieldChanged = struct(
  { GroupId: string },
  {
    ...groupType,
    Operator_Account: string,
    /** The changed member. Apps send this field or the next. */
    Member_Account: string,
    Modified_Account: string,
    /** An open set: Admin (became administrator), Member (is no longer one). */
    Role: string,
    NameCard: string,
    EventTime: millis,
  },
)
/** The decoded body: numbers are numbers, unknown fields are kept. */
export type GroupAfterMemberFieldChanged = TypeOf<typeof GroupAfterMemberFieldChanged>

/** The role or the name card of a member was changed. */
export const groupAfterMemberFieldChanged = definePlugin({
  command: 'Group.CallbackAfterMemberFieldChanged',
  title: 'Group member profile changed',
  body: GroupAfterMemberFieldChanged,
  key: (body) => body.GroupId,
  sample: {
    GroupId: '@TGS#1',
    Type: 'Community',
    Operator_Account: 'admin',
    Member_Account: 'user1',
    Role: 'Admin',
    NameCard: 'jacky',
    EventTime: '1670574414123',
  },
  hooks: {
    log: ({ body }) =>
      `${orUnknown(body.Operator_Account, 'operator')} changed ${body.Member_Account ?? body.Modified_Account ?? 'a member'} of group ${body.GroupId}${body.Role === undefined ? '' : `, role ${body.Role}`}`,
  },
})
