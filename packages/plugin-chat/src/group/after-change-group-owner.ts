import { definePlugin, millis, struct } from '@callboard/core'
import * as t from 'io-ts'

/** The body of `Group.CallbackAfterChangeGroupOwner`, as it is seen on the wire. Source: vendor document 1047/60396. */
export const GroupAfterChangeGroupOwner = struct(
  {
    GroupId: t.string,
    /** An open set: Private, Public, ChatRoom, AVChatRoom, Community, and others of older apps and sister products. */
    Type: t.string,
    Operator_Account: t.string,
    OldOwner_Account: t.string,
    NewOwner_Account: t.string,
  },
  {
    EventTime: millis,
  },
)
/** The decoded body: numbers are numbers, unknown fields are kept. */
export type GroupAfterChangeGroupOwner = t.TypeOf<typeof GroupAfterChangeGroupOwner>

/** A group was handed over. */
export const groupAfterChangeGroupOwner = definePlugin({
  command: 'Group.CallbackAfterChangeGroupOwner',
  title: 'Group owner changed',
  body: GroupAfterChangeGroupOwner,
  key: (body) => body.GroupId,
  sample: {
    CallbackCommand: 'Group.CallbackAfterChangeGroupOwner',
    GroupId: '@TGS#1',
    Type: 'Public',
    Operator_Account: 'admin',
    OldOwner_Account: 'user1',
    NewOwner_Account: 'user2',
    EventTime: '1670574414123',
  },
  hooks: {
    log: ({ body }) => `${body.Operator_Account} handed group ${body.GroupId} from ${body.OldOwner_Account} to ${body.NewOwner_Account}`,
  },
})
