import { definePlugin, list, millis, orUnknown, seconds, string, struct, type TypeOf } from '@callboard/core'
import { meetingSettings, seats } from '../shapes/settings.ts'

/** The body of `Room.CallbackAfterCreateRoom`. Source: vendor document 647/60733. */
export const RoomAfterCreateRoom = struct(
  {
    RoomInfo: struct(
      { RoomId: string },
      {
        ...meetingSettings,
        ...seats,
        /** An open set: Meeting, Live. */
        RoomType: string,
        /** An open set: None, NotStarted, Running. */
        RoomStatus: string,
        CreateTime: seconds,
        ScheduleStartTime: seconds,
        ScheduleEndTime: seconds,
      },
    ),
  },
  { Operator_Account: string, ScheduleInviteeList_Account: list(string), EventTime: millis },
)
/** The decoded body: times are numbers, those in `RoomInfo` are in seconds. */
export type RoomAfterCreateRoom = TypeOf<typeof RoomAfterCreateRoom>

/** A conference room was created or scheduled. */
export const roomAfterCreateRoom = definePlugin({
  command: 'Room.CallbackAfterCreateRoom',
  title: 'Room created',
  body: RoomAfterCreateRoom,
  key: (body) => body.RoomInfo.RoomId,
  sample: {
    Operator_Account: 'admin',
    RoomInfo: {
      RoomId: 'room1',
      RoomName: 'MyFirstRoom',
      RoomType: 'Meeting',
      Owner_Account: 'user1',
      MaxMemberCount: 300,
      MaxSeatCount: 16,
      IsVideoDisabled: true,
      IsAudioDisabled: true,
      IsMessageDisabled: true,
      IsScreenSharingDisabled: true,
      IsCloudRecordingDisabled: true,
      CustomInfo: 'custom',
      ScheduleStartTime: 1703589922,
      ScheduleEndTime: 1703593522,
      RoomStatus: 'Running',
      IsSeatEnabled: true,
      TakeSeatMode: 'ApplyToTake',
      CreateTime: 1703589922,
    },
    ScheduleInviteeList_Account: ['user2', 'user3'],
    EventTime: 1703589922780,
  },
  hooks: {
    log: ({ body: { Operator_Account, RoomInfo } }) =>
      `room ${RoomInfo.RoomId} (${orUnknown(RoomInfo.RoomName, 'name')}) of ${orUnknown(RoomInfo.Owner_Account, 'owner')} created by ${orUnknown(Operator_Account, 'operator')}, ${orUnknown(RoomInfo.RoomStatus, 'status')}`,
  },
})
