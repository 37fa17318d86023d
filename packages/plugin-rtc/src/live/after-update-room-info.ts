import { definePlugin, integer, list, millis, orUnknown, string, struct, type TypeOf } from '@callboard/core'
import { changedFields } from '../shapes/changed-fields.ts'
import { liveSettings } from '../shapes/settings.ts'

/** The body of `Live.CallbackAfterUpdateRoomInfo`. Source: vendor document 647/67938. */
export const LiveAfterUpdateRoomInfo = struct(
  {
    /** The room and its changed settings. */
    RoomInfo: struct({ RoomId: string }, { ...liveSettings, Category: list(integer), ActivityStatus: integer }),
  },
  { Operator_Account: string, EventTime: millis },
)
/** The decoded body: EventTime is a number. */
export type LiveAfterUpdateRoomInfo = TypeOf<typeof LiveAfterUpdateRoomInfo>

/** The settings of a live room were changed. */
export const liveAfterUpdateRoomInfo = definePlugin({
  command: 'Live.CallbackAfterUpdateRoomInfo',
  title: 'Live room updated',
  body: LiveAfterUpdateRoomInfo,
  key: (body) => body.RoomInfo.RoomId,
  sample: {
    Operator_Account: 'user1',
    RoomInfo: {
      RoomId: 'room1',
      RoomName: 'MyRenamedRoom',
      MaxMemberCount: 300,
      IsMessageDisabled: false,
      CoverURL: 'https://example.com/cover.png',
      Category: [1, 2, 3],
      ActivityStatus: 1,
      IsPublicVisible: false,
      TakeSeatMode: 'ApplyToTake',
      CustomInfo: 'custom',
    },
    EventTime: 1670574414123,
  },
  hooks: {
    log: ({ body: { Operator_Account, RoomInfo } }) =>
      `live room ${RoomInfo.RoomId} updated by ${orUnknown(Operator_Account, 'operator')}: ${changedFields(RoomInfo, 'RoomId')}`,
  },
})
