import { definePlugin, formatNames, list, millis, orUnknown, string, struct, type TypeOf } from '@callboard/core'

/** The body of `Live.CallbackAfterDelMetadata`. Source: vendor document 647/68223. */
export const LiveAfterDelMetadata = struct({ RoomId: string, Keys: list(string) }, { Operator_Account: string, EventTime: millis })
/** The decoded body: EventTime is a number. */
export type LiveAfterDelMetadata = TypeOf<typeof LiveAfterDelMetadata>

/** Metadata of a live room was deleted. */
export const liveAfterDelMetadata = definePlugin({
  command: 'Live.CallbackAfterDelMetadata',
  title: 'Live room metadata deleted',
  body: LiveAfterDelMetadata,
  key: (body) => body.RoomId,
  sample: {
    Operator_Account: 'user1',
    RoomId: 'room1',
    Keys: ['key1'],
    EventTime: 1739966441121,
  },
  hooks: {
    log: ({ body }) =>
      `live room ${body.RoomId}: metadata ${formatNames(body.Keys)} deleted by ${orUnknown(body.Operator_Account, 'operator')}`,
  },
})
