import { definePlugin, millis, orUnknown, string, struct, type TypeOf } from '@callboard/core'
import { changedFields } from '../shapes/changed-fields.ts'
import { topicGroupType } from '../shapes/group-fields.ts'

/** The body of `Group.CallbackAfterTopicInfoChanged`. Source: vendor document 1047/49466. */
export const GroupAfterTopicInfoChanged = struct(
  { GroupId: string },
  {
    ...topicGroupType,
    Operator_Account: string,
    /** Undocumented. */
    TopicId: string,
    Name: string,
    Introduction: string,
    Notification: string,
    FaceUrl: string,
    EventTime: millis,
  },
)
/** The decoded body: numbers are numbers, unknown fields are kept. */
export type GroupAfterTopicInfoChanged = TypeOf<typeof GroupAfterTopicInfoChanged>

/** The profile of a topic was changed. The body holds only the changed fields. */
export const groupAfterTopicInfoChanged = definePlugin({
  command: 'Group.CallbackAfterTopicInfoChanged',
  title: 'Topic profile changed',
  body: GroupAfterTopicInfoChanged,
  key: (body) => body.GroupId,
  sample: {
    GroupId: '@TGS#_@TGS#1',
    Type: 'Community',
    Operator_Account: 'user1',
    Name: 'TestTopic',
    Introduction: 'TestIntroduction',
    Notification: 'NewNotification',
    FaceUrl: 'http://example.com/face',
  },
  hooks: {
    log: ({ body }) =>
      `${orUnknown(body.Operator_Account, 'operator')} changed ${changedFields(body)} of ${body.TopicId ?? 'a topic'} in group ${body.GroupId}`,
  },
})
