import { definePlugin, millis, string, struct, type TypeOf } from '@callboard/core'

/** The body of `Group.CallbackAfterGroupFull`. Source: vendor document 1047/34376. */
export const GroupAfterGroupFull = struct({ GroupId: string }, { EventTime: millis })
/** The decoded body: numbers are numbers, unknown fields are kept. */
export type GroupAfterGroupFull = TypeOf<typeof GroupAfterGroupFull>

/** A group reached its maximum of members. */
export const groupAfterGroupFull = definePlugin({
  command: 'Group.CallbackAfterGroupFull',
  title: 'Group full',
  body: GroupAfterGroupFull,
  key: (body) => body.GroupId,
  sample: {
    GroupId: '@TGS#1',
    EventTime: '1670574414123',
  },
  hooks: {
    log: ({ body }) => `group ${body.GroupId} is full`,
  },
})
