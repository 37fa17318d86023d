import { definePlugin, formatNames, list, millis, orUnknown, string, struct, type TypeOf } from '@callboard/core'

/** The body of `Live.CallbackAfterMemberStateChanged`. Source: vendor document 647/64424. */
export const LiveAfterMemberStateChanged = struct(
  { RoomId: string, MemberList: list(struct({ Member_Account: string })) },
  {
    /** An open set: Online, Offline. */
    EventType: string,
    /** An open set: Enter, Leave, HeartbeatInterrupt, HeartbeatRecover. */
    EventCause: string,
    EventTime: millis,
  },
)
/** The decoded body: EventTime is a number. */
export type LiveAfterMemberStateChanged = TypeOf<typeof LiveAfterMemberStateChanged>

/** Members entered or left a live room, or lost or restored their connection. */
export const liveAfterMemberStateChanged = definePlugin({
  command: 'Live.CallbackAfterMemberStateChanged',
  title: 'Member state in a live room changed',
  body: LiveAfterMemberStateChanged,
  key: (body) => body.RoomId,
  sample: {
    RoomId: 'room1',
    EventType: 'Online',
    EventCause: 'Enter',
    MemberList: [{ Member_Account: 'user1' }],
    EventTime: 1703589922780,
  },
  hooks: {
    log: ({ body }) => {
      const members = body.MemberList.map(({ Member_Account }) => Member_Account)
      return `live room ${body.RoomId}: ${formatNames(members)} ${orUnknown(body.EventType, 'state')} (${orUnknown(body.EventCause, 'cause')})`
    },
  },
})
