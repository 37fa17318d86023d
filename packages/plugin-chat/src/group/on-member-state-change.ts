import { definePlugin, millis, orUnknown, string, struct, type TypeOf } from '@callboard/core'
import { formatMembers, members } from '../shapes/members.ts'

/** The body of `Group.CallbackOnMemberStateChange`. Source: vendor document 1047/48734. */
export const GroupOnMemberStateChange = struct(
  { GroupId: string, MemberList: members },
  {
    /** An open set: Offline, Online. */
    EventType: string,
    /** Sent by newer apps. An open set: HeartbeatInterrupt, HeartbeatRecover, Join, Quit. */
    EventCause: string,
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
    log: ({ body }) => {
      const cause = body.EventCause === undefined ? '' : ` (${body.EventCause})`
      return `${formatMembers(body.MemberList)} in group ${body.GroupId}: ${orUnknown(body.EventType, 'state')}${cause}`
    },
  },
})
