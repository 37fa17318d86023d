import { definePlugin, millis, struct } from '@callboard/core'
import * as t from 'io-ts'

/** The body of `Group.CallbackAfterGroupFull`, as it is seen on the wire. Source: vendor document 1047/34376. */
export const GroupAfterGroupFull = struct(
  {
    GroupId: t.string,
  },
  {
    EventTime: millis,
  },
)
/** The decoded body: numbers are numbers, unknown fields are kept. */
export type GroupAfterGroupFull = t.TypeOf<typeof GroupAfterGroupFull>

/** A group has as many members as it may have. */
export const groupAfterGroupFull = definePlugin({
  command: 'Group.CallbackAfterGroupFull',
  title: 'Group full',
  body: GroupAfterGroupFull,
  key: (body) => body.GroupId,
  sample: {
    CallbackCommand: 'Group.CallbackAfterGroupFull',
    GroupId: '@TGS#1',
    EventTime: '1670574414123',
  },
  hooks: {
    log: ({ body }) => `group ${body.GroupId} is full`,
  },
})
