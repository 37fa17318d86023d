import { definePlugin, formatNames, integer, list, millis, orUnknown, string, struct, type TypeOf } from '@callboard/core'
import { groupType } from '../shapes/group-fields.ts'

/** The body of `Group.CallbackAfterRecallMsg`. Source: vendor document 1047/46979. */
export const GroupAfterRecallMsg = struct(
  { GroupId: string, MsgSeqList: list(struct({ MsgSeq: integer }, { MsgId: string })) },
  {
    Operator_Account: string,
    ...groupType,
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
      `${orUnknown(body.Operator_Account, 'operator')} recalled ${formatNames(body.MsgSeqList.map(({ MsgSeq }) => `message ${MsgSeq}`))} of group ${body.GroupId}`,
  },
})
