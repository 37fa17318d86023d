import { definePlugin, formatNames, list, millis, orUnknown, string, struct, type TypeOf } from '@callboard/core'

/** The body of `Live.CallbackAfterSetMetadata`. Source: vendor document 647/68222. */
export const LiveAfterSetMetadata = struct(
  { RoomId: string, Metadata: list(struct({ Key: string }, { Value: string })) },
  { Operator_Account: string, EventTime: millis },
)
/** The decoded body: EventTime is a number. */
export type LiveAfterSetMetadata = TypeOf<typeof LiveAfterSetMetadata>

/** Metadata of a live room was set. */
export const liveAfterSetMetadata = definePlugin({
  command: 'Live.CallbackAfterSetMetadata',
  title: 'Live room metadata set',
  body: LiveAfterSetMetadata,
  key: (body) => body.RoomId,
  sample: {
    Operator_Account: 'user1',
    RoomId: 'room1',
    Metadata: [{ Key: 'key1', Value: 'value1' }],
    EventTime: 1739965885831,
  },
  hooks: {
    log: ({ body }) =>
      `live room ${body.RoomId}: metadata ${formatNames(body.Metadata.map(({ Key }) => Key))} set by ${orUnknown(body.Operator_Account, 'operator')}`,
  },
})
