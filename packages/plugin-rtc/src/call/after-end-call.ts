import { definePlugin, formatNames, integer, list, millis, orUnknown, seconds, string, struct, type TypeOf } from '@callboard/core'

/** The body of `Call.CallbackAfterEndCall`. Source: vendor document 647/68940. */
export const CallAfterEndCall = struct(
  {
    CallRecord: struct(
      { CallId: string },
      {
        Caller_Account: string,
        /** An open set: Audio, Video. */
        MediaType: string,
        /** An open set: SingleCall, MultiCall. */
        CallType: string,
        StartTime: seconds,
        EndTime: seconds,
        /** 0 if nobody answered. */
        AcceptTime: seconds,
        /** An open set: Cancel, Reject, NotAnswer, NormalEnd, CallBusy, Interrupt, Offline. */
        CallResult: string,
        CalleeList_Account: list(string),
        RoomId: string,
        /** An open set: 1 a number, 2 a text. */
        RoomIdType: integer,
      },
    ),
  },
  { EventTime: millis },
)
/** The decoded body: EventTime is in milliseconds, other times are in seconds. */
export type CallAfterEndCall = TypeOf<typeof CallAfterEndCall>

/** A call ended or was never answered. */
export const callAfterEndCall = definePlugin({
  command: 'Call.CallbackAfterEndCall',
  title: 'Call ended',
  body: CallAfterEndCall,
  key: (body) => body.CallRecord.CallId,
  sample: {
    CallRecord: {
      CallId: 'call1',
      Caller_Account: 'user1',
      MediaType: 'Audio',
      CallType: 'SingleCall',
      StartTime: 1741231146,
      EndTime: 1741231296,
      AcceptTime: 0,
      CallResult: 'NotAnswer',
      CalleeList_Account: ['user2'],
      RoomId: 'room1',
      RoomIdType: 2,
    },
    EventTime: 1703589922780,
  },
  hooks: {
    log: ({ body: { CallRecord: call } }) =>
      `call ${call.CallId} ended (${orUnknown(call.MediaType, 'media')}, ${orUnknown(call.CallResult, 'result')}): ${orUnknown(call.Caller_Account, 'caller')} with ${call.CalleeList_Account ? formatNames(call.CalleeList_Account) : 'unknown members'}`,
  },
})
