import { definePlugin, list, millis, struct } from '@callboard/core'
import * as t from 'io-ts'
import { names } from '../shapes/members.ts'

/** The body of `Group.CallbackAfterTopicDestroyed`, as it is seen on the wire. Source: vendor document 1047/49465. */
export const GroupAfterTopicDestroyed = struct(
  {
    GroupId: t.string,
    /** Community, where topics are. */
    Type: t.string,
    TopicIdList: list(t.string),
  },
  {
    EventTime: millis,
  },
)
/** The decoded body: numbers are numbers, unknown fields are kept. */
export type GroupAfterTopicDestroyed = t.TypeOf<typeof GroupAfterTopicDestroyed>

/** Topics of a community were deleted. */
export const groupAfterTopicDestroyed = definePlugin({
  command: 'Group.CallbackAfterTopicDestroyed',
  title: 'Topics deleted',
  body: GroupAfterTopicDestroyed,
  key: (body) => body.GroupId,
  sample: {
    CallbackCommand: 'Group.CallbackAfterTopicDestroyed',
    GroupId: '@TGS#_@TGS#1',
    Type: 'Community',
    TopicIdList: ['@TGS#_@TGS#1@TOPIC#_T1', '@TGS#_@TGS#1@TOPIC#_T2'],
  },
  hooks: {
    log: ({ body }) => `topics deleted in group ${body.GroupId}: ${names(body.TopicIdList)}`,
  },
})
