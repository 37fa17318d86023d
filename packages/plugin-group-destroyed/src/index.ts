import { definePlugin, list, millis, orUnknown, string, struct, type TypeOf } from '@callboard/core'

/** The body of `Group.CallbackAfterGroupDestroyed`. Source: vendor document 1047/34377. */
export const GroupDestroyed = struct(
  // Only the key is required. Apps of all ages may lack any other field.
  { GroupId: string },
  {
    /** An open set: Private, Public, ChatRoom, AVChatRoom, Community, and others of older apps and sister products. */
    Type: string,
    Owner_Account: string,
    /** In every sample, but missing in the vendor's table. */
    Name: string,
    /** The last members. Not sent for a Community. */
    MemberList: list(struct({ Member_Account: string })),
    /** Milliseconds, as digits in the samples and as a number on the wire. Absent before 2022. */
    EventTime: millis,
  },
)
/** The decoded body: EventTime is a number, unknown fields are kept. */
export type GroupDestroyed = TypeOf<typeof GroupDestroyed>

/** A group was disbanded, by its owner or through REST `destroy_group`. */
export const groupDestroyed = definePlugin({
  command: 'Group.CallbackAfterGroupDestroyed',
  title: 'Group disbanded',
  body: GroupDestroyed,
  key: (body) => body.GroupId,
  sample: {
    GroupId: '@TGS#1',
    Type: 'Public',
    Owner_Account: 'user1',
    Name: 'MyFirstGroup',
    MemberList: [{ Member_Account: 'user1' }, { Member_Account: 'user2' }],
    EventTime: '1670574414123',
  },
  hooks: {
    log: ({ body: { GroupId, Name, MemberList } }) =>
      `group ${GroupId} (${orUnknown(Name, 'name')}) disbanded, ${orUnknown(MemberList?.length, 'number of')} members`,
  },
})
