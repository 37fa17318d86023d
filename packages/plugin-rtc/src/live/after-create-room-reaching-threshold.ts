import { definePlugin, integer, millis, orUnknown, string, struct, type TypeOf } from '@callboard/core'

/** The body of `Live.CallbackAfterCreateRoomReachingThreshold`. Source: vendor document 647/70485. */
export const LiveAfterCreateRoomReachingThreshold = struct(
  {},
  {
    Operator_Account: string,
    /** A text in the table, a number in the sample. */
    CurRoomCount: integer,
    /** A list in the table, a number in the sample. */
    MaxRoomCount: integer,
    EventTime: millis,
  },
)
/** The decoded body: counts and EventTime are numbers. */
export type LiveAfterCreateRoomReachingThreshold = TypeOf<typeof LiveAfterCreateRoomReachingThreshold>

/** The app uses 70 % of its maximum of live rooms. It is about the whole app, so it has no key. */
export const liveAfterCreateRoomReachingThreshold = definePlugin({
  command: 'Live.CallbackAfterCreateRoomReachingThreshold',
  title: 'Live rooms near their limit',
  body: LiveAfterCreateRoomReachingThreshold,
  sample: {
    Operator_Account: 'user1',
    EventTime: 1739966441121,
    CurRoomCount: 400,
    MaxRoomCount: 500,
  },
  hooks: {
    log: ({ body }) =>
      `live rooms near their limit: ${orUnknown(body.CurRoomCount, 'number')} of ${orUnknown(body.MaxRoomCount, 'number')}`,
  },
})
