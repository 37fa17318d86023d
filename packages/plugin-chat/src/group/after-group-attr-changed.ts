import { definePlugin, list, millis, struct } from '@callboard/core'
import * as t from 'io-ts'

/** The body of `Group.CallbackAfterGroupAttrChanged`, as it is seen on the wire. Source: vendor document 1047/60394. */
export const GroupAfterGroupAttrChanged = struct(
  {
    GroupId: t.string,
    /** An open set: Private, Public, ChatRoom, AVChatRoom, Community, and others of older apps and sister products. */
    Type: t.string,
    Operator_Account: t.string,
    /** set, modify, delete, clear; an open set. */
    OptionType: t.string,
  },
  {
    /** Not sent when all are cleared. Here alone the names are in lower case. */
    GroupAttr: list(struct({ key: t.string }, { value: t.string })),
    EventTime: millis,
  },
)
/** The decoded body: numbers are numbers, unknown fields are kept. */
export type GroupAfterGroupAttrChanged = t.TypeOf<typeof GroupAfterGroupAttrChanged>

/** Attributes of a group were set, modified, deleted or cleared. */
export const groupAfterGroupAttrChanged = definePlugin({
  command: 'Group.CallbackAfterGroupAttrChanged',
  title: 'Group attributes changed',
  body: GroupAfterGroupAttrChanged,
  key: (body) => body.GroupId,
  sample: {
    CallbackCommand: 'Group.CallbackAfterGroupAttrChanged',
    GroupId: '@TGS#1',
    Type: 'Public',
    Operator_Account: 'user1',
    OptionType: 'set',
    GroupAttr: [{ key: 'key1', value: 'value1' }],
    EventTime: '1670574414123',
  },
  hooks: {
    log: ({ body }) => `${body.Operator_Account}: ${body.OptionType} ${body.GroupAttr?.length ?? 0} attributes of group ${body.GroupId}`,
  },
})
