import { definePlugin, millis, orUnknown, string, struct, type TypeOf } from '@callboard/core'

/** The body of `Room.CallbackAfterDestroyRoom`. Source: vendor document 647/60732. */
export const RoomAfterDestroyRoom = struct({ RoomId: string }, { Operator_Account: string, EventTime: millis })
/** The decoded body: EventTime is a number. */
export type RoomAfterDestroyRoom = TypeOf<typeof RoomAfterDestroyRoom>

/** A conference room was closed. */
export const roomAfterDestroyRoom = definePlugin({
  command: 'Room.CallbackAfterDestroyRoom',
  title: 'Room destroyed',
  body: RoomAfterDestroyRoom,
  key: (body) => body.RoomId,
  sample: {
    Operator_Account: 'admin',
    RoomId: 'room1',
    EventTime: 1703589922780,
  },
  hooks: {
    log: ({ body }) => `room ${body.RoomId} destroyed by ${orUnknown(body.Operator_Account, 'operator')}`,
  },
})
