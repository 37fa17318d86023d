import { definePlugin, millis, struct } from '@callboard/core'
import * as t from 'io-ts'
import { members, namesOf } from '../shapes/members.ts'

/** The body of `Group.CallbackAfterNewMemberJoin`, as it is seen on the wire. Source: vendor document 1047/34372. */
export const GroupAfterNewMemberJoin = struct(
  {
    GroupId: t.string,
    /** An open set: Private, Public, ChatRoom, AVChatRoom, Community, and others of older apps and sister products. */
    Type: t.string,
    /** Apply: they asked; Invited: they were pulled in. An open set. */
    JoinType: t.string,
    Operator_Account: t.string,
    NewMemberList: members,
  },
  {
    EventTime: millis,
  },
)
/** The decoded body: numbers are numbers, unknown fields are kept. */
export type GroupAfterNewMemberJoin = t.TypeOf<typeof GroupAfterNewMemberJoin>

/** Users joined a group. Not sent for REST `import_group_member`. */
export const groupAfterNewMemberJoin = definePlugin({
  command: 'Group.CallbackAfterNewMemberJoin',
  title: 'Members joined',
  body: GroupAfterNewMemberJoin,
  key: (body) => body.GroupId,
  sample: {
    CallbackCommand: 'Group.CallbackAfterNewMemberJoin',
    GroupId: '@TGS#1',
    Type: 'Public',
    JoinType: 'Apply',
    Operator_Account: 'user1',
    NewMemberList: [{ Member_Account: 'user1' }],
    EventTime: '1670574414123',
  },
  hooks: {
    log: ({ body }) => `${namesOf(body.NewMemberList)} joined group ${body.GroupId} (${body.JoinType}, by ${body.Operator_Account})`,
  },
})
