import { definePlugin, millis, struct } from '@callboard/core'
import * as t from 'io-ts'
import { inviteVerdicts } from '../shapes/group-verdicts.ts'
import { members, namesOf } from '../shapes/members.ts'

/** The body of `Group.CallbackBeforeInviteJoinGroup`, as it is seen on the wire. Source: vendor document 1047/34371. */
export const GroupBeforeInviteJoinGroup = struct(
  {
    GroupId: t.string,
    /** An open set: Private, Public, ChatRoom, AVChatRoom, Community, and others of older apps and sister products. */
    Type: t.string,
    Operator_Account: t.string,
    DestinationMembers: members,
  },
  {
    EventTime: millis,
  },
)
/** The decoded body: numbers are numbers, unknown fields are kept. */
export type GroupBeforeInviteJoinGroup = t.TypeOf<typeof GroupBeforeInviteJoinGroup>

/** Somebody pulls users into a group. Not sent for REST `import_group_member`. */
export const groupBeforeInviteJoinGroup = definePlugin({
  command: 'Group.CallbackBeforeInviteJoinGroup',
  title: 'Before users are pulled into a group',
  body: GroupBeforeInviteJoinGroup,
  key: (body) => body.GroupId,
  before: inviteVerdicts,
  sample: {
    CallbackCommand: 'Group.CallbackBeforeInviteJoinGroup',
    GroupId: '@TGS#1',
    Type: 'Public',
    Operator_Account: 'user1',
    DestinationMembers: [{ Member_Account: 'user2' }, { Member_Account: 'user3' }],
    EventTime: '1670574414123',
  },
  hooks: {
    log: ({ body }) => `${body.Operator_Account} pulls ${namesOf(body.DestinationMembers)} into group ${body.GroupId}`,
  },
})
