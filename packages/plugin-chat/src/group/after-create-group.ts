import { definePlugin, millis, struct } from '@callboard/core'
import * as t from 'io-ts'
import { members } from '../shapes/members.ts'
import { userDefinedData } from '../shapes/pairs.ts'

/** The body of `Group.CallbackAfterCreateGroup`, as it is seen on the wire. Source: vendor document 1047/34369. */
export const GroupAfterCreateGroup = struct(
  {
    GroupId: t.string,
    Operator_Account: t.string,
    Owner_Account: t.string,
    /** An open set: Private, Public, ChatRoom, AVChatRoom, Community, and others of older apps and sister products. */
    Type: t.string,
    Name: t.string,
    MemberList: members,
  },
  {
    Introduction: t.string,
    Notification: t.string,
    /** DisableInvite, NeedPermission, FreeAccess; undocumented, an open set. */
    InviteOption: t.string,
    /** Only where the app uses custom fields. */
    UserDefinedDataList: userDefinedData,
    EventTime: millis,
  },
)
/** The decoded body: numbers are numbers, unknown fields are kept. */
export type GroupAfterCreateGroup = t.TypeOf<typeof GroupAfterCreateGroup>

/** A group was created, by a client or through REST. Not sent for REST `import_group`. */
export const groupAfterCreateGroup = definePlugin({
  command: 'Group.CallbackAfterCreateGroup',
  title: 'Group created',
  body: GroupAfterCreateGroup,
  key: (body) => body.GroupId,
  sample: {
    CallbackCommand: 'Group.CallbackAfterCreateGroup',
    GroupId: '@TGS#1',
    Operator_Account: 'admin',
    Owner_Account: 'user1',
    Type: 'Public',
    Name: 'MyFirstGroup',
    MemberList: [{ Member_Account: 'user2' }, { Member_Account: 'user3' }],
    UserDefinedDataList: [{ Key: 'UserDefined1', Value: 'hello' }],
    EventTime: '1670574414123',
  },
  hooks: {
    log: ({ body }) =>
      `group ${body.GroupId} (${body.Name}) created by ${body.Operator_Account} for ${body.Owner_Account}, ${body.MemberList.length} members`,
  },
})
