import { definePlugin, millis, orUnknown, string, struct, type TypeOf } from '@callboard/core'
import { topicGroupType } from '../shapes/group-fields.ts'
import { userDefinedData } from '../shapes/pairs.ts'

/** The body of `Group.CallbackAfterCreateTopic`. Source: vendor document 1047/49464. */
export const GroupAfterCreateTopic = struct(
  { GroupId: string },
  {
    ...topicGroupType,
    TopicId: string,
    Operator_Account: string,
    /** The owner of the community. */
    Owner_Account: string,
    Name: string,
    /** Sent only if the app uses custom fields. */
    UserDefinedDataList: userDefinedData,
    EventTime: millis,
  },
)
/** The decoded body: numbers are numbers, unknown fields are kept. */
export type GroupAfterCreateTopic = TypeOf<typeof GroupAfterCreateTopic>

/** A topic was created in a community. */
export const groupAfterCreateTopic = definePlugin({
  command: 'Group.CallbackAfterCreateTopic',
  title: 'Topic created',
  body: GroupAfterCreateTopic,
  key: (body) => body.GroupId,
  sample: {
    GroupId: '@TGS#_@TGS#1',
    TopicId: '@TGS#_@TGS#1@TOPIC#_@TOPIC#2',
    Operator_Account: 'admin',
    Owner_Account: 'user1',
    Type: 'Community',
    Name: 'MyFirstTopic',
    UserDefinedDataList: [{ Key: 'UserDefined1', Value: 'hello' }],
  },
  hooks: {
    log: ({ body }) =>
      `topic ${orUnknown(body.TopicId, 'id')} (${orUnknown(body.Name, 'name')}) created by ${orUnknown(body.Operator_Account, 'operator')} in group ${body.GroupId}`,
  },
})
