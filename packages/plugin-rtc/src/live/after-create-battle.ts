import { definePlugin, flag, integer, list, millis, orUnknown, string, struct, type TypeOf } from '@callboard/core'
import { formatBattle } from '../shapes/battle.ts'

/** The body of `Live.CallbackAfterCreateBattle`. Source: vendor document 647/68259. */
export const LiveAfterCreateBattle = struct(
  { FromRoomId: string },
  {
    Operator_Account: string,
    BattleId: string,
    ToRoomIdList: list(string),
    /** The time to wait for answers, in milliseconds. */
    Timeout: integer,
    /** In milliseconds. */
    Duration: integer,
    /** Whether the called rooms must accept. */
    NeedResponse: flag,
    ExtensionInfo: string,
    EventTime: millis,
  },
)
/** The decoded body: EventTime is a number. */
export type LiveAfterCreateBattle = TypeOf<typeof LiveAfterCreateBattle>

/** A room called other rooms to a battle. The calling room is the key of the whole battle. */
export const liveAfterCreateBattle = definePlugin({
  command: 'Live.CallbackAfterCreateBattle',
  title: 'Battle created',
  body: LiveAfterCreateBattle,
  key: (body) => body.FromRoomId,
  sample: {
    Operator_Account: 'user1',
    BattleId: 'battle1',
    FromRoomId: 'room1',
    ToRoomIdList: ['room2'],
    Timeout: 30000,
    Duration: 60000,
    NeedResponse: false,
    ExtensionInfo: 'text',
    EventTime: 1739954005000,
  },
  hooks: {
    log: ({ body }) =>
      `battle ${orUnknown(body.BattleId, 'id')} created by ${orUnknown(body.Operator_Account, 'operator')}: ${formatBattle(body.FromRoomId, body.ToRoomIdList)}`,
  },
})
