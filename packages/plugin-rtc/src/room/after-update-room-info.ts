import { definePlugin, millis, orUnknown, string, struct, type TypeOf } from '@callboard/core'
import { changedFields } from '../shapes/changed-fields.ts'
import { meetingSettings } from '../shapes/settings.ts'

/** The body of `Room.CallbackAfterUpdateRoomInfo`. Source: vendor document 647/60731. */
export const RoomAfterUpdateRoomInfo = struct(
  {
    /** The room and its changed settings. */
    RoomInfo: struct({ RoomId: string }, { ...meetingSettings }),
  },
  { Operator_Account: string, EventTime: millis },
)
/** The decoded body: EventTime is a number, each `Is...` field a boolean. */
export type RoomAfterUpdateRoomInfo = TypeOf<typeof RoomAfterUpdateRoomInfo>

/** The settings of a conference room were changed. */
export const roomAfterUpdateRoomInfo = definePlugin({
  command: 'Room.CallbackAfterUpdateRoomInfo',
  title: 'Room information updated',
  body: RoomAfterUpdateRoomInfo,
  key: (body) => body.RoomInfo.RoomId,
  sample: {
    Operator_Account: 'user1',
    RoomInfo: {
      RoomId: 'room1',
      RoomName: 'MyRenamedRoom',
      Owner_Account: 'user2',
      TakeSeatMode: 'FreeToTake',
      MaxMemberCount: 300,
      IsVideoDisabled: false,
      IsAudioDisabled: false,
      IsMessageDisabled: false,
      IsScreenSharingDisabled: false,
      IsCloudRecordingDisabled: 'false',
      CustomInfo: 'custom',
    },
    EventTime: 1670574414123,
  },
  hooks: {
    log: ({ body: { Operator_Account, RoomInfo } }) =>
      `room ${RoomInfo.RoomId} updated by ${orUnknown(Operator_Account, 'operator')}: ${changedFields(RoomInfo, 'RoomId')}`,
  },
})
