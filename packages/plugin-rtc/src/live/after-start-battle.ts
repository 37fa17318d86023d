import { definePlugin, integer, list, millis, orUnknown, seconds, string, struct, type TypeOf } from '@callboard/core'
import { battleOwner, battleRoom, formatBattle } from '../shapes/battle.ts'

const Contestant = struct(battleRoom, battleOwner)

/** The body of `Live.CallbackAfterStartBattle`. Source: vendor document 647/68260. */
export const LiveAfterStartBattle = struct(
  {
    /** A text in the table, an object in the sample. */
    FromRoomInfo: Contestant,
  },
  {
    BattleId: string,
    /** In milliseconds. */
    Duration: integer,
    CreateTime: seconds,
    StartTime: seconds,
    ToRoomList: list(Contestant),
    EventTime: millis,
  },
)
/** The decoded body: EventTime is in milliseconds, other times are in seconds, accounts are text. */
export type LiveAfterStartBattle = TypeOf<typeof LiveAfterStartBattle>

/** A battle between live rooms began. */
export const liveAfterStartBattle = definePlugin({
  command: 'Live.CallbackAfterStartBattle',
  title: 'Battle started',
  body: LiveAfterStartBattle,
  key: (body) => body.FromRoomInfo.RoomId,
  sample: {
    BattleId: 'battle1',
    Duration: 60000,
    CreateTime: 1739954005,
    StartTime: 1739954005,
    FromRoomInfo: { RoomId: 'room1', Owner_Account: 'user1' },
    ToRoomList: [{ RoomId: 'room2', Owner_Account: 'user2' }],
    EventTime: 1739954005000,
  },
  hooks: {
    log: ({ body: { BattleId, Duration, FromRoomInfo, ToRoomList } }) => {
      const rooms = ToRoomList?.map(({ RoomId }) => RoomId)
      const length = Duration === undefined ? 'an unknown time' : `${Duration / 1_000} s`
      return `battle ${orUnknown(BattleId, 'id')} started: ${formatBattle(FromRoomInfo.RoomId, rooms)}, for ${length}`
    },
  },
})
