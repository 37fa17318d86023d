import { definePlugin, identifier, inMillis, integer, list, millis, orUnknown, seconds, string, struct, type TypeOf } from '@callboard/core'
import { liveSettings, seats } from '../shapes/settings.ts'

/** The body of `Live.CallbackAfterCreateRoom`. Source: vendor document 647/64422. */
export const LiveAfterCreateRoom = struct(
  {
    RoomInfo: struct(
      { RoomId: string },
      {
        ...liveSettings,
        ...seats,
        /** An open set: Live. */
        RoomType: string,
        Owner_Account: identifier,
        CreateTime: seconds,
        Category: list(integer),
      },
    ),
  },
  {
    Operator_Account: string,
    /** In the table, but not in the sample. */
    EventTime: millis,
  },
)
/** The decoded body: times are numbers, those in `RoomInfo` are in seconds. */
export type LiveAfterCreateRoom = TypeOf<typeof LiveAfterCreateRoom>

/** A live room was created. Without EventTime, the time of the event is the room's CreateTime. */
export const liveAfterCreateRoom = definePlugin({
  command: 'Live.CallbackAfterCreateRoom',
  title: 'Live room created',
  body: LiveAfterCreateRoom,
  key: (body) => body.RoomInfo.RoomId,
  eventTime: (body) => body.EventTime ?? inMillis(body.RoomInfo.CreateTime),
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
      `live room ${RoomInfo.RoomId} (${orUnknown(RoomInfo.RoomName, 'name')}) of ${orUnknown(RoomInfo.Owner_Account, 'owner')} created by ${orUnknown(Operator_Account, 'operator')}`,
  },
})
