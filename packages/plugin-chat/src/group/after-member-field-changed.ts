import { definePlugin, millis, struct } from '@callboard/core'
import * as t from 'io-ts'

/** The body of `Group.CallbackAfterMemberFieldChanged`, as it is seen on the wire. Source: vendor document 1047/60393. */
export const GroupAfterMemberFieldChanged = struct(
  {
    GroupId: t.string,
    /** An open set: Private, Public, ChatRoom, AVChatRoom, Community, and others of older apps and sister products. */
    Type: t.string,
    Operator_Account: t.string,
  },
  {
    /** Whose; apps send this or the next. */
    Member_Account: t.string,
    Modified_Account: t.string,
    /** Admin: made one; Member: no longer one. An open set. */
    Role: t.string,
    NameCard: t.string,
    EventTime: millis,
  },
)
/** The decoded body: numbers are numbers, unknown fields are kept. */
export type GroupAfterMemberFieldChanged = t.TypeOf<typeof GroupAfterMemberFieldChanged>

/** The role or the name card of a member was changed. */
export const groupAfterMemberFieldChanged = definePlugin({
  command: 'Group.CallbackAfterMemberFieldChanged',
  title: 'Group member profile changed',
  body: GroupAfterMemberFieldChanged,
  key: (body) => body.GroupId,
  sample: {
    CallbackCommand: 'Group.CallbackAfterMemberFieldChanged',
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
      `${body.Operator_Account} changed ${body.Member_Account ?? body.Modified_Account ?? 'a member'} of group ${body.GroupId}${body.Role === undefined ? '' : `, role ${body.Role}`}`,
  },
})
