import { definePlugin, string, struct, type TypeOf } from '@callboard/core'
import { eventTime } from '../shapes/time.ts'

/** The body of `Group.CallbackAfterGroupFull`, as it is seen on the wire. Source: vendor document 1047/34376. */
export const GroupAfterGroupFull = struct(
  {
    GroupId: string,
  },
  eventTime,
)
/** The decoded body: numbers are numbers, unknown fields are kept. */
export type GroupAfterGroupFull = TypeOf<typeof GroupAfterGroupFull>

/** A group has as many members as it may have. */
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
