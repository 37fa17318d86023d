import { definePlugin, integer, millis, orUnknown, string, struct, type TypeOf } from '@callboard/core'
import { groupType } from '../shapes/group-fields.ts'
import { MsgBody } from '../shapes/msg-body.ts'

/** The body of `Group.CallbackSendMsgException`. Source: vendor document 1047/49462. */
export const GroupSendMsgException = struct(
  { GroupId: string },
  {
    ...groupType,
    From_Account: string,
    Operator_Account: string,
    Random: integer,
    MsgBody,
    /** The reason, such as 10023. */
    ErrorCode: integer,
    ErrorInfo: string,
    /** 1: sent only to members who are online, and not stored. */
    OnlineOnlyFlag: integer,
    /** Absent if the sender set none. */
    CloudCustomData: string,
    /** Only in topics of a community. */
    TopicId: string,
    EventTime: millis,
  },
)
/** The decoded body: numbers are numbers, unknown fields are kept. */
export type GroupSendMsgException = TypeOf<typeof GroupSendMsgException>

/** A message to a group failed. Its `ErrorCode` and `ErrorInfo` are about the message, not about this callback. */
export const groupSendMsgException = definePlugin({
  command: 'Group.CallbackSendMsgException',
  title: 'Group message could not be sent',
  body: GroupSendMsgException,
  key: (body) => body.GroupId,
  sample: {
    GroupId: '@TGS#1',
    Type: 'Public',
    From_Account: 'user1',
    Operator_Account: 'admin',
    Random: 123456,
    OnlineOnlyFlag: 1,
    MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text: 'hello' } }],
    CloudCustomData: 'custom',
    ErrorCode: 10023,
    ErrorInfo: 'msg count exceeds limit,please retry later',
    EventTime: '1670574414123',
  },
  hooks: {
    log: ({ body }) =>
      `message of ${orUnknown(body.From_Account, 'sender')} to group ${body.GroupId} failed: ${orUnknown(body.ErrorCode, 'error')} ${orUnknown(body.ErrorInfo, 'reason')}`,
  },
})
