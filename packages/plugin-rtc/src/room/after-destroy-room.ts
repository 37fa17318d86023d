import { definePlugin, millis, struct } from '@callboard/core'
import * as t from 'io-ts'

/** The body of `Room.CallbackAfterDestroyRoom`. Source: vendor document 647/60732. */
export const RoomAfterDestroyRoom = struct({ Operator_Account: t.string, RoomId: t.string }, { EventTime: millis })
/** The decoded body: EventTime is a number. */
export type RoomAfterDestroyRoom = t.TypeOf<typeof RoomAfterDestroyRoom>

/** A conference room was closed. */
export const roomAfterDestroyRoom = definePlugin({
  command: 'Room.CallbackAfterDestroyRoom',
  title: 'Room destroyed',
  body: RoomAfterDestroyRoom,
  key: (body) => body.RoomId,
  sample: {
    CallbackCommand: 'Room.CallbackAfterDestroyRoom',
    Operator_Account: 'admin',
    RoomId: 'room1',
    EventTime: 1703589922780,
  },
  hooks: {
    log: ({ body }) => `room ${body.RoomId} destroyed by ${body.Operator_Account}`,
  },
})
