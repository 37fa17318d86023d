import { definePlugin, millis, struct } from '@callboard/core'
import * as t from 'io-ts'

/** The body of `Live.CallbackAfterChangeOwner`. Source: vendor document 647/72553. */
export const LiveAfterChangeOwner = struct(
  {
    RoomId: t.string,
    Operator_Account: t.string,
    CurrentOwner_Account: t.string,
    OriginalOwner_Account: t.string,
  },
  { EventTime: millis },
)
/** The decoded body: EventTime is a number. */
export type LiveAfterChangeOwner = t.TypeOf<typeof LiveAfterChangeOwner>

/** A live room went to another owner. */
export const liveAfterChangeOwner = definePlugin({
  command: 'Live.CallbackAfterChangeOwner',
  title: 'Live room owner changed',
  body: LiveAfterChangeOwner,
  key: (body) => body.RoomId,
  sample: {
    CallbackCommand: 'Live.CallbackAfterChangeOwner',
    RoomId: 'room1',
    EventTime: 1703589922780,
    Operator_Account: 'admin',
    CurrentOwner_Account: 'user2',
    OriginalOwner_Account: 'user1',
  },
  hooks: {
    log: ({ body }) =>
      `live room ${body.RoomId} given from ${body.OriginalOwner_Account} to ${body.CurrentOwner_Account} by ${body.Operator_Account}`,
  },
})
