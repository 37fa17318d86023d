import { flag, integer, string } from '@callboard/core'

// Fields only: whether one of them must be there is for the callback to say. Created rooms name all, updated ones what has changed.

/** What a room of either product is set to. */
export const settings = {
  RoomName: string,
  MaxMemberCount: integer,
  IsMessageDisabled: flag,
  /** An open set: None, FreeToTake, ApplyToTake. */
  TakeSeatMode: string,
  CustomInfo: string,
}

/** What a conference room is set to besides. */
export const meetingSettings = {
  ...settings,
  Owner_Account: string,
  IsVideoDisabled: flag,
  IsAudioDisabled: flag,
  IsScreenSharingDisabled: flag,
  /** A boolean in the table, the word "false" in the sample of an update. */
  IsCloudRecordingDisabled: flag,
}

/** What a live room is set to besides. */
export const liveSettings = { ...settings, IsPublicVisible: flag, CoverURL: string }

/** Seats, which are settled when the room is created. */
export const seats = { IsSeatEnabled: flag, MaxSeatCount: integer }
