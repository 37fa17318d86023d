import { definePlugin, millis, orUnknown, string, struct, type TypeOf } from '@callboard/core'
import { groupVerdicts } from '../shapes/group-verdicts.ts'

/** The body of `Group.CallbackBeforeCreateTopic`. Source: vendor document 1047/49463. */
export const GroupBeforeCreateTopic = struct(
  { Operator_Account: string },
  {
    /** Always Community: only a Community has topics. */
    Type: string,
    Name: string,
    /** Undocumented. */
    GroupId: string,
    EventTime: millis,
  },
)
/** The decoded body: numbers are numbers, unknown fields are kept. */
export type GroupBeforeCreateTopic = TypeOf<typeof GroupBeforeCreateTopic>

/** A user wants to create a topic. The documented body does not name the community. Not sent for REST `import_topic`. */
export const groupBeforeCreateTopic = definePlugin({
  command: 'Group.CallbackBeforeCreateTopic',
  title: 'Before a topic is created',
  body: GroupBeforeCreateTopic,
  key: (body) => body.GroupId ?? body.Operator_Account,
  before: groupVerdicts,
  sample: {
    Operator_Account: 'user1',
    Type: 'Community',
    Name: 'MyFirstTopic',
  },
  hooks: {
    log: ({ body }) => `${body.Operator_Account} asks for the topic ${orUnknown(body.Name, 'name')}`,
  },
})
