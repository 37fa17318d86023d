import { definePlugin, flag, identifier, integer, list, millis, orUnknown, string, struct, type TypeOf } from '@callboard/core'
import { liveSettings, seats } from '../shapes/settings.ts'

/** The body of `Live.CallbackAfterDestroyRoom`. Source: vendor document 647/64423. */
export const LiveAfterDestroyRoom = struct(
  { RoomId: string },
  {
    Operator_Account: string,
    /** An open set: DestroyByUser, DestroyBySystem. */
    EventType: string,
    RoomInfo: struct(
      {},
      {
        ...liveSettings,
        ...seats,
        RoomType: string,
        Owner_Account: identifier,
        ActivityStatus: integer,
        /** The number of times that a user entered. */
        ViewCount: integer,
        BackgroundURL: string,
        IsUnlimitedRoomEnabled: flag,
        /** Undocumented, but seen. */
        RoomId: string,
        Category: list(integer),
      },
    ),
    /** Documented, but missing in the bodies seen so far. */
    Statistic: struct(
      {},
      {
        TotalViewers: integer,
        TotalGiftsSent: integer,
        TotalGiftCoins: integer,
        TotalUniqueGiftSenders: integer,
        TotalLikesReceived: integer,
      },
    ),
    EventTime: millis,
  },
)
/** The decoded body: EventTime is a number, accounts are text. */
export type LiveAfterDestroyRoom = TypeOf<typeof LiveAfterDestroyRoom>

/** A live room was ended by a user or by the system. */
export const liveAfterDestroyRoom = definePlugin({
  command: 'Live.CallbackAfterDestroyRoom',
  title: 'Live room ended',
  body: LiveAfterDestroyRoom,
  key: (body) => body.RoomId,
  sample: {
    Operator_Account: 'admin',
    RoomId: 'room1',
    EventType: 'DestroyByUser',
    EventTime: 1703589922780,
    RoomInfo: {
      RoomName: 'MyFirstRoom',
      RoomType: 'Live',
      Owner_Account: 'user1',
      IsSeatEnabled: true,
      TakeSeatMode: 'FreeToTake',
      MaxMemberCount: 400,
      MaxSeatCount: 4,
      Category: [1, 2],
      CustomInfo: '',
      IsMessageDisabled: false,
      CoverURL: '',
      ActivityStatus: 0,
      IsPublicVisible: false,
      ViewCount: 0,
      BackgroundURL: '',
      IsUnlimitedRoomEnabled: true,
    },
    Statistic: { TotalViewers: 0, TotalGiftsSent: 0, TotalGiftCoins: 0, TotalUniqueGiftSenders: 0, TotalLikesReceived: 0 },
  },
  hooks: {
    log: ({ body: { Operator_Account, RoomId, EventType, RoomInfo } }) =>
      `live room ${RoomId} (${orUnknown(RoomInfo?.RoomName, 'name')}) of ${orUnknown(RoomInfo?.Owner_Account, 'owner')} ended by ${orUnknown(Operator_Account, 'operator')} (${orUnknown(EventType, 'reason')}), ${orUnknown(RoomInfo?.ViewCount, 'number of')} views`,
  },
})
