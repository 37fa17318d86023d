import { definePlugin, millis, orUnknown, string, struct, type TypeOf } from '@callboard/core'
import { groupType } from '../shapes/group-fields.ts'
import { members } from '../shapes/members.ts'
import { userDefinedData } from '../shapes/pairs.ts'

/** The body of `Group.CallbackAfterCreateGroup`. Source: vendor document 1047/34369. */
export const GroupAfterCreateGroup = struct(
  { GroupId: string },
  {
    ...groupType,
    Operator_Account: string,
    Owner_Account: string,
    Name: string,
    MemberList: members,
    Introduction: string,
    Notification: string,
    /** Undocumented. An open set: DisableInvite, NeedPermission, FreeAccess. */
    InviteOption: string,
    /** Sent only if the app uses custom fields. */
    UserDefinedDataList: userDefinedData,
    EventTime: millis,
  },
)
/** The decoded body: numbers are numbers, unknown fields are kept. */
export type GroupAfterCreateGroup = TypeOf<typeof GroupAfterCreateGroup>

/** A group was created, by a client or through REST. Not sent for REST `import_group`. */
export const groupAfterCreateGroup = definePlugin({
  command: 'Group.CallbackAfterCreateGroup',
  title: 'Group created',
  body: GroupAfterCreateGroup,
  key: (body) => body.GroupId,
  sample: {
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
      `group ${body.GroupId} (${orUnknown(body.Name, 'name')}) created by ${orUnknown(body.Operator_Account, 'operator')} for ${orUnknown(body.Owner_Account, 'owner')}, ${orUnknown(body.MemberList?.length, 'number of')} members`,
  },
})
