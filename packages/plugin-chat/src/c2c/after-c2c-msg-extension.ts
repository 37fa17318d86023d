import { definePlugin, integer, millis, orUnknown, string, struct, type TypeOf } from '@callboard/core'
import { conversationKey } from '../shapes/conversation-key.ts'
import { extensions, operationName } from '../shapes/pairs.ts'

/** The body of `C2C.CallbackAfterC2CMsgExtension`. Source: vendor document 1047/76006. */
export const C2CAfterC2CMsgExtension = struct(
  { From_Account: string, To_Account: string },
  {
    /** `<MsgSeq>_<MsgRandom>_<MsgTime>`. */
    MsgKey: string,
    /** An open set: 1 set, 2 deleted, 3 cleared. */
    OperateType: integer,
    /** Empty if all pairs were cleared. */
    ExtensionList: extensions,
    /** The version of the whole extension. */
    Seq: integer,
    EventTime: millis,
  },
)
/** The decoded body: numbers are numbers, unknown fields are kept. */
export type C2CAfterC2CMsgExtension = TypeOf<typeof C2CAfterC2CMsgExtension>

/** Pairs of the extension of a message to one account were set, deleted or cleared. */
export const c2cAfterC2cMsgExtension = definePlugin({
  command: 'C2C.CallbackAfterC2CMsgExtension',
  title: 'Extension of a message changed',
  body: C2CAfterC2CMsgExtension,
  key: (body) => conversationKey(body.From_Account, body.To_Account),
  sample: {
    From_Account: 'user1',
    To_Account: 'user2',
    MsgKey: '93847636_1287657_1764688415',
    OperateType: 1,
    ExtensionList: [{ Key: 'k1', Value: 'v1', Seq: 1 }],
    Seq: 1,
    EventTime: 1764688540182,
  },
  hooks: {
    log: ({ body }) =>
      `extension of message ${orUnknown(body.MsgKey, 'key')} of ${body.From_Account} to ${body.To_Account} ${operationName(body.OperateType)}, ${orUnknown(body.ExtensionList?.length, 'number of')} pairs`,
  },
})
