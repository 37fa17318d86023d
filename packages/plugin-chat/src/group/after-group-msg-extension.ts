import { definePlugin, integer, millis, orUnknown, string, struct, type TypeOf } from '@callboard/core'
import { extensions, operationName } from '../shapes/pairs.ts'

/** The body of `Group.CallbackAfterGroupMsgExtension`. Source: vendor document 1047/76007. */
export const GroupAfterGroupMsgExtension = struct(
  { GroupId: string },
  {
    MsgSeq: integer,
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
export type GroupAfterGroupMsgExtension = TypeOf<typeof GroupAfterGroupMsgExtension>

/** Pairs of the extension of a message were set, deleted or cleared. */
export const groupAfterGroupMsgExtension = definePlugin({
  command: 'Group.CallbackAfterGroupMsgExtension',
  title: 'Extension of a group message changed',
  body: GroupAfterGroupMsgExtension,
  key: (body) => body.GroupId,
  sample: {
    GroupId: '@TGS#1',
    MsgSeq: 10,
    OperateType: 1,
    ExtensionList: [{ Key: 'k1', Value: 'v1', Seq: 56 }],
    Seq: 56,
    EventTime: 1764688294360,
  },
  hooks: {
    log: ({ body }) =>
      `extension of message ${orUnknown(body.MsgSeq, 'number')} in group ${body.GroupId} ${operationName(body.OperateType)}, ${orUnknown(body.ExtensionList?.length, 'number of')} pairs`,
  },
})
