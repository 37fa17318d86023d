import { anyObject, definePlugin, integer, millis, orUnknown, string, struct, type TypeOf } from '@callboard/core'
import { groupVerdicts } from '../shapes/group-verdicts.ts'
import { members } from '../shapes/members.ts'
import { union } from '../shapes/union.ts'

/** The body of `Group.CallbackBeforeCreateGroup`. Source: vendor document 1047/34368. */
export const GroupBeforeCreateGroup = struct(
  { Operator_Account: string },
  {
    Owner_Account: string,
    /** An open set: Private, Public, ChatRoom, AVChatRoom, Community, and others of older apps and sister products. */
    Type: string,
    Name: string,
    /** The number of groups of this type that the owner has. Older apps send one of the next two fields instead. */
    CreateGroupNum: integer,
    /** Sent before 2020. */
    CreatedNum: integer,
    /** Sent from 2020 to 2022. In newer SDKs a number per type. */
    CreatedGroupNum: union(integer, anyObject),
    /** An open set: DisableInvite, NeedPermission, FreeAccess. */
    InviteOption: string,
    MemberList: members,
    EventTime: millis,
  },
)
/** The decoded body: numbers are numbers, unknown fields are kept. */
export type GroupBeforeCreateGroup = TypeOf<typeof GroupBeforeCreateGroup>

/** A user wants to create a group, which has no id yet. Not sent for REST `import_group`. */
export const groupBeforeCreateGroup = definePlugin({
  command: 'Group.CallbackBeforeCreateGroup',
  title: 'Before a group is created',
  body: GroupBeforeCreateGroup,
  key: (body) => body.Operator_Account,
  before: groupVerdicts,
  sample: {
    Operator_Account: 'user1',
    Owner_Account: 'user1',
    Type: 'Public',
    Name: 'MyFirstGroup',
    CreateGroupNum: 123,
    MemberList: [{ Member_Account: 'user2' }, { Member_Account: 'user3' }],
    EventTime: '1670574414123',
  },
  hooks: {
    log: ({ body }) =>
      `${body.Operator_Account} asks for the ${orUnknown(body.Type, 'type of')} group ${orUnknown(body.Name, 'name')}, ${orUnknown(body.MemberList?.length, 'number of')} members`,
  },
})
