import { definePlugin, integer, millis, orUnknown, seconds, string, struct, type TypeOf } from '@callboard/core'
import { formatKinds, MsgBody } from '../shapes/msg-body.ts'

/** The body of `OfficialAccount.CallbackAfterSendMsg`. Source: vendor document 1047/60804. */
export const OfficialAccountAfterSendMsg = struct(
  { Official_Account: string, MsgBody },
  {
    /** Identifies the message, for example to recall it. */
    MsgKey: string,
    MsgTime: seconds,
    /** 1: sent only to accounts that are online. */
    OnlineOnlyFlag: integer,
    CloudCustomData: string,
    EventTime: millis,
  },
)
/** The decoded body: EventTime is in milliseconds, MsgTime in seconds. */
export type OfficialAccountAfterSendMsg = TypeOf<typeof OfficialAccountAfterSendMsg>

/** A message went to all subscribers of an official account. */
export const officialAccountAfterSendMsg = definePlugin({
  command: 'OfficialAccount.CallbackAfterSendMsg',
  title: 'After an official account message went out',
  body: OfficialAccountAfterSendMsg,
  key: (body) => body.Official_Account,
  sample: {
    Official_Account: '@TOA#_1',
    MsgKey: '71_1_1698741698',
    MsgTime: 1490686222,
    OnlineOnlyFlag: 1,
    MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text: 'hello' } }],
    CloudCustomData: 'custom',
    EventTime: 1670574414123,
  },
  hooks: {
    log: ({ body }) => `official account ${body.Official_Account} sent ${formatKinds(body.MsgBody)} (${orUnknown(body.MsgKey, 'key')})`,
  },
})
