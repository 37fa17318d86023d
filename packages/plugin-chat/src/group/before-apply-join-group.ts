import { definePlugin, millis, struct } from '@callboard/core'
import * as t from 'io-ts'
import { groupVerdicts } from '../shapes/group-verdicts.ts'

/** The body of `Group.CallbackBeforeApplyJoinGroup`, as it is seen on the wire. Source: vendor document 1047/34370. */
export const GroupBeforeApplyJoinGroup = struct(
  {
    GroupId: t.string,
    /** An open set: Private, Public, ChatRoom, AVChatRoom, Community, and others of older apps and sister products. */
    Type: t.string,
    Requestor_Account: t.string,
  },
  {
    EventTime: millis,
  },
)
/** The decoded body: numbers are numbers, unknown fields are kept. */
export type GroupBeforeApplyJoinGroup = t.TypeOf<typeof GroupBeforeApplyJoinGroup>

/** Somebody applies to join a group. To allow it does not replace the approval of the group's owner. */
export const groupBeforeApplyJoinGroup = definePlugin({
  command: 'Group.CallbackBeforeApplyJoinGroup',
  title: 'Before somebody applies to join',
  body: GroupBeforeApplyJoinGroup,
  key: (body) => body.GroupId,
  before: groupVerdicts,
  sample: {
    CallbackCommand: 'Group.CallbackBeforeApplyJoinGroup',
    GroupId: '@TGS#1',
    Type: 'Public',
    Requestor_Account: 'user1',
    EventTime: '1670574414123',
  },
  hooks: {
    log: ({ body }) => `${body.Requestor_Account} applies to join group ${body.GroupId}`,
  },
})
