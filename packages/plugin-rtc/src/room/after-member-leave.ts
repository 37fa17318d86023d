import { definePlugin, formatNames, integer, list, millis, orUnknown, string, struct, type TypeOf } from '@callboard/core'

/** The body of `Room.CallbackAfterMemberLeave`. Source: vendor document 647/60734. */
export const RoomAfterMemberLeave = struct(
  { RoomId: string, MemberList_Account: list(string) },
  {
    Operator_Account: string,
    /** The current number of members. */
    MemberCount: integer,
    /** An open set: Leave, Kicked, Expired. */
    Type: string,
    Reason: string,
    EventTime: millis,
  },
)
/** The decoded body: EventTime and MemberCount are numbers. */
export type RoomAfterMemberLeave = TypeOf<typeof RoomAfterMemberLeave>

/** Members left a conference room, were removed, or timed out. */
export const roomAfterMemberLeave = definePlugin({
  command: 'Room.CallbackAfterMemberLeave',
  title: 'Members left a room',
  body: RoomAfterMemberLeave,
  key: (body) => body.RoomId,
  sample: {
    Operator_Account: 'user1',
    RoomId: 'room1',
    MemberCount: 20,
    Type: 'Leave',
    MemberList_Account: ['user1'],
    Reason: 'text',
    EventTime: 1670574414123,
  },
  hooks: {
    log: ({ body }) =>
      `${formatNames(body.MemberList_Account)} left room ${body.RoomId} (${orUnknown(body.Type, 'reason')}), members now: ${orUnknown(body.MemberCount, 'number')}`,
  },
})
