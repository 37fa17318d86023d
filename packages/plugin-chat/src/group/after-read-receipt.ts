import { definePlugin, formatNames, integer, list, millis, orUnknown, string, struct, type TypeOf } from '@callboard/core'
import { groupType } from '../shapes/group-fields.ts'

/** The body of `Group.CallbackAfterReadReceipt`. Source: vendor document 1047/60395. */
export const GroupAfterReadReceipt = struct(
  {
    GroupId: string,
    GroupMsgReceiptList: list(
      struct(
        { MsgSeq: integer },
        { ReadNum: integer, UnreadNum: integer, ReadReceiptMembers: list(struct({}, { Member_Account: string })) },
      ),
    ),
  },
  { ...groupType, EventTime: millis },
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
    log: ({ body }) => {
      const messages = body.GroupMsgReceiptList.map(({ MsgSeq, ReadNum, UnreadNum }) => {
        const total = ReadNum === undefined || UnreadNum === undefined ? undefined : ReadNum + UnreadNum
        return `message ${MsgSeq} (${orUnknown(ReadNum, 'number')} of ${orUnknown(total, 'number')})`
      })
      return `group ${body.GroupId} read ${formatNames(messages)}`
    },
  },
})
