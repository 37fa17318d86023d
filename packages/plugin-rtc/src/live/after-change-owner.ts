import { definePlugin, millis, orUnknown, string, struct, type TypeOf } from '@callboard/core'

/** The body of `Live.CallbackAfterChangeOwner`. Source: vendor document 647/72553. */
export const LiveAfterChangeOwner = struct(
  { RoomId: string },
  {
    Operator_Account: string,
    CurrentOwner_Account: string,
    OriginalOwner_Account: string,
    EventTime: millis,
  },
)
/** The decoded body: EventTime is a number. */
export type LiveAfterChangeOwner = TypeOf<typeof LiveAfterChangeOwner>

/** A live room got a new owner. */
export const liveAfterChangeOwner = definePlugin({
  command: 'Live.CallbackAfterChangeOwner',
  title: 'Live room owner changed',
  body: LiveAfterChangeOwner,
  key: (body) => body.RoomId,
  sample: {
    RoomId: 'room1',
    EventTime: 1703589922780,
    Operator_Account: 'admin',
    CurrentOwner_Account: 'user2',
    OriginalOwner_Account: 'user1',
  },
  hooks: {
    log: ({ body }) =>
      `live room ${body.RoomId} given from ${orUnknown(body.OriginalOwner_Account, 'owner')} to ${orUnknown(body.CurrentOwner_Account, 'owner')} by ${orUnknown(body.Operator_Account, 'operator')}`,
  },
})
