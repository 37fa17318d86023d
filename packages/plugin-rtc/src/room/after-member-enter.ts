import { definePlugin, formatNames, integer, list, millis, orUnknown, string, struct, type TypeOf } from '@callboard/core'

/** The body of `Room.CallbackAfterMemberEnter`. Source: vendor document 647/60735. */
export const RoomAfterMemberEnter = struct(
  { RoomId: string, MemberList_Account: list(string) },
  {
    Operator_Account: string,
    /** The current number of members. */
    MemberCount: integer,
    /** An open set: Enter. */
    Type: string,
    EventTime: millis,
  },
)
/** The decoded body: EventTime and MemberCount are numbers. */
export type RoomAfterMemberEnter = TypeOf<typeof RoomAfterMemberEnter>

/** Members entered a conference room. */
export const roomAfterMemberEnter = definePlugin({
  command: 'Room.CallbackAfterMemberEnter',
  title: 'Members entered a room',
  body: RoomAfterMemberEnter,
  key: (body) => body.RoomId,
  sample: {
    Operator_Account: 'user1',
    RoomId: 'room1',
    MemberCount: 20,
    Type: 'Enter',
    MemberList_Account: ['user1'],
    EventTime: 1670574414123,
  },
  hooks: {
    log: ({ body }) =>
      `${formatNames(body.MemberList_Account)} entered room ${body.RoomId}, members now: ${orUnknown(body.MemberCount, 'number')}`,
  },
})
