import { definePlugin, millis, struct } from '@callboard/core'
import * as t from 'io-ts'
import { userDefinedData } from '../shapes/pairs.ts'

/** The body of `Group.CallbackAfterCreateTopic`, as it is seen on the wire. Source: vendor document 1047/49464. */
export const GroupAfterCreateTopic = struct(
  {
    GroupId: t.string,
    TopicId: t.string,
    Operator_Account: t.string,
    /** Of the community. */
    Owner_Account: t.string,
    /** Community, where topics are. */
    Type: t.string,
    Name: t.string,
  },
  {
    /** Only where the app uses custom fields. */
    UserDefinedDataList: userDefinedData,
    EventTime: millis,
  },
)
/** The decoded body: numbers are numbers, unknown fields are kept. */
export type GroupAfterCreateTopic = t.TypeOf<typeof GroupAfterCreateTopic>

/** A topic was created in a community. */
export const groupAfterCreateTopic = definePlugin({
  command: 'Group.CallbackAfterCreateTopic',
  title: 'Topic created',
  body: GroupAfterCreateTopic,
  key: (body) => body.GroupId,
  sample: {
    CallbackCommand: 'Group.CallbackAfterCreateTopic',
    GroupId: '@TGS#_@TGS#1',
    TopicId: '@TGS#_@TGS#1@TOPIC#_@TOPIC#2',
    Operator_Account: 'admin',
    Owner_Account: 'user1',
    Type: 'Community',
    Name: 'MyFirstTopic',
    UserDefinedDataList: [{ Key: 'UserDefined1', Value: 'hello' }],
  },
  hooks: {
    log: ({ body }) => `topic ${body.TopicId} (${body.Name}) created by ${body.Operator_Account} in group ${body.GroupId}`,
  },
})
