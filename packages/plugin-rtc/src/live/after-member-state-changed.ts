import { definePlugin, list, millis, struct } from '@callboard/core'
import * as t from 'io-ts'
import { names } from '../shapes/names.ts'

/** The body of `Live.CallbackAfterMemberStateChanged`. Source: vendor document 647/64424. */
export const LiveAfterMemberStateChanged = struct(
  {
    RoomId: t.string,
    /** An open set: Online, Offline. */
    EventType: t.string,
    /** An open set: Enter, Leave, HeartbeatInterrupt, HeartbeatRecover. */
    EventCause: t.string,
    MemberList: list(struct({ Member_Account: t.string })),
  },
  { EventTime: millis },
)
/** The decoded body: EventTime is a number. */
export type LiveAfterMemberStateChanged = t.TypeOf<typeof LiveAfterMemberStateChanged>

/** Members came to a live room or went, or their line broke or came back. */
export const liveAfterMemberStateChanged = definePlugin({
  command: 'Live.CallbackAfterMemberStateChanged',
  title: 'Member state in a live room changed',
  body: LiveAfterMemberStateChanged,
  key: (body) => body.RoomId,
  sample: {
    CallbackCommand: 'Live.CallbackAfterMemberStateChanged',
    RoomId: 'room1',
    EventType: 'Online',
    EventCause: 'Enter',
    MemberList: [{ Member_Account: 'user1' }],
    EventTime: 1703589922780,
  },
  hooks: {
    log: ({ body }) => {
      const members = body.MemberList.map(({ Member_Account }) => Member_Account)
      return `live room ${body.RoomId}: ${names(members)} ${body.EventType} (${body.EventCause})`
    },
  },
})
