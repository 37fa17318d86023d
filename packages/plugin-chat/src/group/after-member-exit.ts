import { definePlugin, millis, struct } from '@callboard/core'
import * as t from 'io-ts'
import { members, namesOf } from '../shapes/members.ts'

/** The body of `Group.CallbackAfterMemberExit`, as it is seen on the wire. Source: vendor document 1047/34373. */
export const GroupAfterMemberExit = struct(
  {
    GroupId: t.string,
    /** An open set: Private, Public, ChatRoom, AVChatRoom, Community, and others of older apps and sister products. */
    Type: t.string,
    /** Kicked: they were removed; Quit: they left. An open set. */
    ExitType: t.string,
    Operator_Account: t.string,
    ExitMemberList: members,
  },
  {
    EventTime: millis,
  },
)
/** The decoded body: numbers are numbers, unknown fields are kept. */
export type GroupAfterMemberExit = t.TypeOf<typeof GroupAfterMemberExit>

/** Users left a group, or were removed from it. */
export const groupAfterMemberExit = definePlugin({
  command: 'Group.CallbackAfterMemberExit',
  title: 'Members left',
  body: GroupAfterMemberExit,
  key: (body) => body.GroupId,
  sample: {
    CallbackCommand: 'Group.CallbackAfterMemberExit',
    GroupId: '@TGS#1',
    Type: 'Public',
    ExitType: 'Kicked',
    Operator_Account: 'user1',
    ExitMemberList: [{ Member_Account: 'user2' }],
    EventTime: '1670574414123',
  },
  hooks: {
    log: ({ body }) => `${namesOf(body.ExitMemberList)} left group ${body.GroupId} (${body.ExitType}, by ${body.Operator_Account})`,
  },
})
