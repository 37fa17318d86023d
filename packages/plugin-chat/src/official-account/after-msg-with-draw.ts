import { definePlugin, list, millis, string, struct, type TypeOf } from '@callboard/core'

/** The body of `OfficialAccount.CallbackAfterMsgWithDraw`. Source: vendor document 1047/60805. */
export const OfficialAccountAfterMsgWithDraw = struct(
  {
    /** Such as `@TOA#_1`. Only the sample of this callback begins with `#TOA#_`. */
    Official_Account: string,
    WithdrawMsgList: list(struct({ MsgKey: string })),
  },
  { EventTime: millis },
)
/** The decoded body: EventTime is a number. */
export type OfficialAccountAfterMsgWithDraw = TypeOf<typeof OfficialAccountAfterMsgWithDraw>

/** Messages of an official account were recalled. */
export const officialAccountAfterMsgWithDraw = definePlugin({
  command: 'OfficialAccount.CallbackAfterMsgWithDraw',
  title: 'Official account messages recalled',
  body: OfficialAccountAfterMsgWithDraw,
  key: (body) => body.Official_Account,
  sample: {
    Official_Account: '@TOA#_1',
    WithdrawMsgList: [{ MsgKey: '71_1_1698741698' }],
    EventTime: 1670574414123,
  },
  hooks: {
    log: ({ body }) => `official account ${body.Official_Account} recalled ${body.WithdrawMsgList.length} messages`,
  },
})
