import { definePlugin, list, string, struct, type TypeOf } from '@callboard/core'
import { topicGroupFields } from '../shapes/group-fields.ts'
import { formatNames } from '../shapes/members.ts'
import { eventTime } from '../shapes/time.ts'

/** The body of `Group.CallbackAfterTopicDestroyed`. Source: vendor document 1047/49465. */
export const GroupAfterTopicDestroyed = struct(
  {
    ...topicGroupFields,
    TopicIdList: list(string),
  },
  eventTime,
)
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
