import { definePlugin, integer, list, millis, string, struct, type TypeOf } from '@callboard/core'
import { groupFields } from '../shapes/group-fields.ts'
import { formatNames } from '../shapes/members.ts'

/** The body of `Group.CallbackAfterRecallMsg`. Source: vendor document 1047/46979. */
export const GroupAfterRecallMsg = struct(
  {
    Operator_Account: string,
    ...groupFields,
    MsgSeqList: list(struct({ MsgSeq: integer }, { MsgId: string })),
  },
  {
    /** Only in topics of a community. */
    TopicId: string,
    EventTime: millis,
  },
)
/** The decoded body: numbers are numbers, unknown fields are kept. */
export type GroupAfterRecallMsg = TypeOf<typeof GroupAfterRecallMsg>

/** Messages of a group were recalled. */
export const groupAfterRecallMsg = definePlugin({
  command: 'Group.CallbackAfterRecallMsg',
  title: 'Group message recalled',
  body: GroupAfterRecallMsg,
  key: (body) => body.GroupId,
  sample: {
    Operator_Account: 'admin',
    Type: 'Community',
    GroupId: '@TGS#1',
    MsgSeqList: [{ MsgSeq: 130 }],
    TopicId: '@TGS#_@TGS#1@TOPIC#_T',
    EventTime: '1670574414123',
  },
  hooks: {
    log: ({ body }) =>
      `${body.Operator_Account} recalled ${formatNames(body.MsgSeqList.map(({ MsgSeq }) => `message ${MsgSeq}`))} of group ${body.GroupId}`,
  },
})
