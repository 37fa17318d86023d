import { definePlugin, list, millis, seconds, struct } from '@callboard/core'
import * as t from 'io-ts'
import { meetingSettings, seats } from '../shapes/settings.ts'

/** The body of `Room.CallbackAfterCreateRoom`. Source: vendor document 647/60733. */
export const RoomAfterCreateRoom = struct(
  {
    Operator_Account: t.string,
    RoomInfo: struct(
      {
        RoomId: t.string,
        ...meetingSettings,
        ...seats,
        /** An open set: Meeting, Live. */
        RoomType: t.string,
        /** An open set: None, NotStarted, Running. */
        RoomStatus: t.string,
        CreateTime: seconds,
      },
      { ScheduleStartTime: seconds, ScheduleEndTime: seconds },
    ),
  },
  { ScheduleInviteeList_Account: list(t.string), EventTime: millis },
)
/** The decoded body: times are numbers, `RoomInfo` counts in seconds. */
export type RoomAfterCreateRoom = t.TypeOf<typeof RoomAfterCreateRoom>

/** A conference room was created, or planned for later. */
export const roomAfterCreateRoom = definePlugin({
  command: 'Room.CallbackAfterCreateRoom',
  title: 'Room created',
  body: RoomAfterCreateRoom,
  key: (body) => body.RoomInfo.RoomId,
  sample: {
    CallbackCommand: 'Room.CallbackAfterCreateRoom',
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
      `room ${RoomInfo.RoomId} (${RoomInfo.RoomName}) of ${RoomInfo.Owner_Account} created by ${Operator_Account}, ${RoomInfo.RoomStatus}`,
  },
})
