import { definePlugin, integer, list, millis, orUnknown, seconds, string, struct, type TypeOf } from '@callboard/core'
import { battleOwner, battleRoom, formatBattle } from '../shapes/battle.ts'

const Finalist = struct(battleRoom, { ...battleOwner, Score: integer })

/** The body of `Live.CallbackAfterEndBattle`. Source: vendor document 647/68261. */
export const LiveAfterEndBattle = struct(
  { FromRoomInfo: Finalist },
  {
    BattleId: string,
    /** In milliseconds. */
    Duration: integer,
    CreateTime: seconds,
    StartTime: seconds,
    EndTime: seconds,
    /** An open set: 0 its time was up, 1 all owners left, 2 it never began. */
    OpType: integer,
    ToRoomList: list(Finalist),
    EventTime: millis,
  },
)
/** The decoded body: EventTime is in milliseconds, other times are in seconds, accounts are text. */
export type LiveAfterEndBattle = TypeOf<typeof LiveAfterEndBattle>

/** A battle between live rooms is over. */
export const liveAfterEndBattle = definePlugin({
  command: 'Live.CallbackAfterEndBattle',
  title: 'Battle ended',
  body: LiveAfterEndBattle,
  key: (body) => body.FromRoomInfo.RoomId,
  sample: {
    BattleId: 'battle1',
    Duration: 30000,
    CreateTime: 1739956115,
    StartTime: 1739956115,
    EndTime: 1739956145,
    OpType: 0,
    FromRoomInfo: { RoomId: 'room1', Score: 0, Owner_Account: 'user1' },
    ToRoomList: [{ RoomId: 'room2', Score: 0, Owner_Account: 'user2' }],
    EventTime: 1739956146119,
  },
  hooks: {
    log: ({ body: { BattleId, OpType, FromRoomInfo, ToRoomList } }) => {
      const shown = ({ RoomId, Score }: TypeOf<typeof Finalist>) => `${RoomId} (${orUnknown(Score, 'score')})`
      const battle = formatBattle(shown(FromRoomInfo), ToRoomList?.map(shown))
      return `battle ${orUnknown(BattleId, 'id')} ended (OpType ${orUnknown(OpType, 'reason')}): ${battle}`
    },
  },
})
