import { definePlugin, millis, struct } from '@callboard/core'
import * as t from 'io-ts'
import { changedIn } from '../shapes/changed.ts'

/** The body of `Group.CallbackAfterTopicInfoChanged`, as it is seen on the wire. Source: vendor document 1047/49466. */
export const GroupAfterTopicInfoChanged = struct(
  {
    GroupId: t.string,
    /** Community, where topics are. */
    Type: t.string,
    Operator_Account: t.string,
  },
  {
    /** Undocumented. */
    TopicId: t.string,
    Name: t.string,
    Introduction: t.string,
    Notification: t.string,
    FaceUrl: t.string,
    EventTime: millis,
  },
)
/** The decoded body: numbers are numbers, unknown fields are kept. */
export type GroupAfterTopicInfoChanged = t.TypeOf<typeof GroupAfterTopicInfoChanged>

/** The profile of a topic was changed; only what changed is in the body. */
export const groupAfterTopicInfoChanged = definePlugin({
  command: 'Group.CallbackAfterTopicInfoChanged',
  title: 'Topic profile changed',
  body: GroupAfterTopicInfoChanged,
  key: (body) => body.GroupId,
  sample: {
    CallbackCommand: 'Group.CallbackAfterTopicInfoChanged',
    GroupId: '@TGS#_@TGS#1',
    Type: 'Community',
    Operator_Account: 'user1',
    Name: 'TestTopic',
    Introduction: 'TestIntroduction',
    Notification: 'NewNotification',
    FaceUrl: 'http://example.com/face',
  },
  hooks: {
    log: ({ body }) => `${body.Operator_Account} changed ${changedIn(body)} of ${body.TopicId ?? 'a topic'} in group ${body.GroupId}`,
  },
})
