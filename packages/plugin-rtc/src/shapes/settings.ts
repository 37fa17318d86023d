import { flag, integer, string } from '@callboard/core'

// Fields without a struct: they are required when a room is created and optional when it is updated.

/** The settings of a room of either product. */
export const settings = {
  RoomName: string,
  MaxMemberCount: integer,
  IsMessageDisabled: flag,
  /** An open set: None, FreeToTake, ApplyToTake. */
  TakeSeatMode: string,
  CustomInfo: string,
}

/** The settings of a conference room. */
export const meetingSettings = {
  ...settings,
  Owner_Account: string,
  IsVideoDisabled: flag,
  IsAudioDisabled: flag,
  IsScreenSharingDisabled: flag,
  /** A boolean in the table, but the text "false" in the sample of an update. */
  IsCloudRecordingDisabled: flag,
}

/** The settings of a live room. */
export const liveSettings = { ...settings, IsPublicVisible: flag, CoverURL: string }

/** The seat settings of a room. They never change. */
export const seats = { IsSeatEnabled: flag, MaxSeatCount: integer }
