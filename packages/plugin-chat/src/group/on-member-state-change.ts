import { definePlugin, millis, string, struct, type TypeOf } from '@callboard/core'
import { formatMembers, members } from '../shapes/members.ts'

/** The body of `Group.CallbackOnMemberStateChange`. Source: vendor document 1047/48734. */
export const GroupOnMemberStateChange = struct(
  {
    GroupId: string,
    /** An open set: Offline, Online. */
    EventType: string,
    MemberList: members,
  },
  {
    /** Always AVChatRoom if it is sent. */
    Type: string,
    EventTime: millis,
  },
)
/** The decoded body: numbers are numbers, unknown fields are kept. */
export type GroupOnMemberStateChange = TypeOf<typeof GroupOnMemberStateChange>

/** Members of a live group lost their connection or came back. Joining and leaving are other callbacks. */
export const groupOnMemberStateChange = definePlugin({
  command: 'Group.CallbackOnMemberStateChange',
  title: 'Members went offline or came back',
  body: GroupOnMemberStateChange,
  key: (body) => body.GroupId,
  sample: {
    GroupId: '@TGS#1',
    EventType: 'Offline',
    MemberList: [{ Member_Account: 'user1' }],
  },
  hooks: {
    log: ({ body }) => `${formatMembers(body.MemberList)} in group ${body.GroupId}: ${body.EventType}`,
  },
})
