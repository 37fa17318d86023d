import { definePlugin, formatNames, list, millis, string, struct, type TypeOf } from '@callboard/core'
import { topicGroupType } from '../shapes/group-fields.ts'

/** The body of `Group.CallbackAfterTopicDestroyed`. Source: vendor document 1047/49465. */
export const GroupAfterTopicDestroyed = struct({ GroupId: string, TopicIdList: list(string) }, { ...topicGroupType, EventTime: millis })
/** The decoded body: numbers are numbers, unknown fields are kept. */
export type GroupAfterTopicDestroyed = TypeOf<typeof GroupAfterTopicDestroyed>

/** Topics of a community were deleted. */
export const groupAfterTopicDestroyed = definePlugin({
  command: 'Group.CallbackAfterTopicDestroyed',
  title: 'Topics deleted',
  body: GroupAfterTopicDestroyed,
  key: (body) => body.GroupId,
  sample: {
    GroupId: '@TGS#_@TGS#1',
    Type: 'Community',
    TopicIdList: ['@TGS#_@TGS#1@TOPIC#_T1', '@TGS#_@TGS#1@TOPIC#_T2'],
  },
  hooks: {
    log: ({ body }) => `topics deleted in group ${body.GroupId}: ${formatNames(body.TopicIdList)}`,
  },
})
