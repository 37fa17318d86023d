import { definePlugin, integer, list, struct, type TypeOf } from '@callboard/core'
import { groupFields } from '../shapes/group-fields.ts'
import { formatNames, members } from '../shapes/members.ts'
import { eventTime } from '../shapes/time.ts'

/** The body of `Group.CallbackAfterReadReceipt`. Source: vendor document 1047/60395. */
export const GroupAfterReadReceipt = struct(
  {
    ...groupFields,
    GroupMsgReceiptList: list(struct({ MsgSeq: integer, ReadNum: integer, UnreadNum: integer }, { ReadReceiptMembers: members })),
  },
  eventTime,
)
/** The decoded body: numbers are numbers, unknown fields are kept. */
export type GroupAfterReadReceipt = TypeOf<typeof GroupAfterReadReceipt>

/** Members read messages that asked for a receipt. A Community has none. */
export const groupAfterReadReceipt = definePlugin({
  command: 'Group.CallbackAfterReadReceipt',
  title: 'Group messages read',
  body: GroupAfterReadReceipt,
  key: (body) => body.GroupId,
  sample: {
    GroupId: '@TGS#1',
    Type: 'Public',
    GroupMsgReceiptList: [{ MsgSeq: 1, ReadNum: 1, UnreadNum: 6, ReadReceiptMembers: [{ Member_Account: 'user1' }] }],
    EventTime: '1670574414123',
  },
  hooks: {
    log: ({ body }) =>
      `group ${body.GroupId} read ${formatNames(body.GroupMsgReceiptList.map(({ MsgSeq, ReadNum, UnreadNum }) => `message ${MsgSeq} (${ReadNum} of ${ReadNum + UnreadNum})`))}`,
  },
})
