import { definePlugin, formatNames, integer, list, millis, orUnknown, string, struct, type TypeOf } from '@callboard/core'
import { CallUser } from '../shapes/call-user.ts'

/** The body of `Call.CallbackAfterStartCall`. Source: vendor document 647/68941. */
export const CallAfterStartCall = struct(
  {
    CallInfo: struct(
      { CallId: string },
      {
        /** The chat group of the call, or empty. */
        ChatGroupId: string,
        /** The media room, or empty. */
        RoomId: string,
        /** An open set: 1 a number, 2 a text. */
        RoomIdType: integer,
        /** An open set: Audio, Video. The sample calls it so… */
        CallMediaType: string,
        /** …and the table so. */
        MediaType: string,
      },
    ),
  },
  { UserList: list(CallUser), EventTime: millis },
)
/** The decoded body: EventTime is a number, accounts are text. */
export type CallAfterStartCall = TypeOf<typeof CallAfterStartCall>

/** A call began to ring. */
export const callAfterStartCall = definePlugin({
  command: 'Call.CallbackAfterStartCall',
  title: 'Call started',
  body: CallAfterStartCall,
  key: (body) => body.CallInfo.CallId,
  sample: {
    CallInfo: { CallId: 'call1', CallMediaType: 'Audio', ChatGroupId: '', RoomId: '', RoomIdType: 1 },
    UserList: [
      { User_Account: 'user1', Status: 'Calling' },
      { User_Account: 'user2', Status: 'Waiting' },
    ],
    EventTime: 1740464128807,
  },
  hooks: {
    log: ({ body: { CallInfo, UserList } }) => {
      const media = orUnknown(CallInfo.CallMediaType ?? CallInfo.MediaType, 'media')
      const users = UserList ? formatNames(UserList.map(({ User_Account }) => User_Account)) : 'unknown members'
      return `call ${CallInfo.CallId} started (${media}): ${users}`
    },
  },
})
