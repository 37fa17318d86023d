import { definePlugin, integer, list, millis, seconds, string, struct, type TypeOf } from '@callboard/core'
import { liveSettings, seats } from '../shapes/settings.ts'

/** The body of `Live.CallbackAfterCreateRoom`. Source: vendor document 647/64422. */
export const LiveAfterCreateRoom = struct(
  {
    Operator_Account: string,
    RoomInfo: struct(
      {
        RoomId: string,
        ...liveSettings,
        ...seats,
        /** An open set: Live. */
        RoomType: string,
        Owner_Account: string,
        CreateTime: seconds,
      },
      { Category: list(integer) },
    ),
  },
  /** In the table, but not in the sample. */
  { EventTime: millis },
)
/** The decoded body: times are numbers, those in `RoomInfo` are in seconds. */
export type LiveAfterCreateRoom = TypeOf<typeof LiveAfterCreateRoom>

/** A live room was created. Without EventTime, the time of the event is the room's CreateTime. */
export const liveAfterCreateRoom = definePlugin({
  command: 'Live.CallbackAfterCreateRoom',
  title: 'Live room created',
  body: LiveAfterCreateRoom,
  key: (body) => body.RoomInfo.RoomId,
  eventTime: (body) => body.EventTime ?? body.RoomInfo.CreateTime * 1_000,
  sample: {
    Operator_Account: 'admin',
    RoomInfo: {
      RoomId: 'room1',
      RoomName: 'MyFirstRoom',
      RoomType: 'Live',
      Owner_Account: 'user1',
      MaxMemberCount: 300,
      IsMessageDisabled: true,
      CustomInfo: 'custom',
      IsSeatEnabled: true,
      TakeSeatMode: 'ApplyToTake',
      MaxSeatCount: 16,
      CreateTime: 1703589922,
      IsPublicVisible: true,
      CoverURL: 'https://example.com/cover.png',
      Category: [1, 2],
    },
  },
  hooks: {
    log: ({ body: { Operator_Account, RoomInfo } }) =>
      `live room ${RoomInfo.RoomId} (${RoomInfo.RoomName}) of ${RoomInfo.Owner_Account} created by ${Operator_Account}`,
  },
})
