import { definePlugin, integer, millis, string, struct, type TypeOf } from '@callboard/core'
import { formatKinds, MsgBody } from '../shapes/msg-body.ts'
import { officialMessageVerdicts } from '../shapes/official-verdicts.ts'

/** The body of `OfficialAccount.CallbackBeforeSendMsg`. Source: vendor document 1047/60803. */
export const OfficialAccountBeforeSendMsg = struct(
  { Official_Account: string, MsgBody },
  {
    /** 1: sent only to accounts that are online. */
    OnlineOnlyFlag: integer,
    CloudCustomData: string,
    EventTime: millis,
  },
)
/** The decoded body: EventTime is a number. */
export type OfficialAccountBeforeSendMsg = TypeOf<typeof OfficialAccountBeforeSendMsg>

/** A message is about to go to all subscribers of an official account. Codes 120001 to 130000 reach the caller. */
export const officialAccountBeforeSendMsg = definePlugin({
  command: 'OfficialAccount.CallbackBeforeSendMsg',
  title: 'Before an official account message goes out',
  body: OfficialAccountBeforeSendMsg,
  key: (body) => body.Official_Account,
  before: officialMessageVerdicts,
  sample: {
    Official_Account: '@TOA#_1',
    OnlineOnlyFlag: 1,
    MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text: 'hello' } }],
    CloudCustomData: 'custom',
    EventTime: 1670574414123,
  },
  hooks: {
    log: ({ body }) => `official account ${body.Official_Account} about to send ${formatKinds(body.MsgBody)}`,
  },
})
