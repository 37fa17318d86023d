import { definePlugin, flag, identifier, integer, list, millis, string, struct, type TypeOf } from '@callboard/core'

/** The body of `Mic.CallbackAfterSeatInfoChanged`, which Room and Live share. Source: vendor documents 647/60736 and 647/64425. */
export const MicAfterSeatInfoChanged = struct(
  {
    RoomId: string,
    SeatList: list(
      struct(
        { Index: integer },
        {
          IsTakenDisabled: flag,
          IsVideoDisabled: flag,
          IsAudioDisabled: flag,
          /** Absent or empty for a free seat. */
          Member_Account: identifier,
        },
      ),
    ),
  },
  {
    /** Sent only by the Room product. */
    Operator_Account: string,
    EventTime: millis,
  },
)
/** The decoded body: EventTime is a number, accounts are text. */
export type MicAfterSeatInfoChanged = TypeOf<typeof MicAfterSeatInfoChanged>

/** A seat was taken, left, muted or locked. */
export const micAfterSeatInfoChanged = definePlugin({
  command: 'Mic.CallbackAfterSeatInfoChanged',
  title: 'Seat list changed',
  body: MicAfterSeatInfoChanged,
  key: (body) => body.RoomId,
  sample: {
    RoomId: 'room1',
    SeatList: [{ Index: 1, Member_Account: 'user1', IsTakenDisabled: false, IsVideoDisabled: false, IsAudioDisabled: false }],
    EventTime: 1670574414123,
  },
  hooks: {
    log: ({ body }) => {
      const taken = body.SeatList.filter(({ Member_Account = '' }) => Member_Account !== '')
      return `seats of room ${body.RoomId} changed: ${taken.length} of ${body.SeatList.length} taken`
    },
  },
})
