import { definePlugin, millis, string, struct, type TypeOf } from '@callboard/core'

/** The body of `OfficialAccount.CallbackAfterOfficialAccountFull`. Source: vendor document 1047/60801. */
export const OfficialAccountAfterOfficialAccountFull = struct({ Official_Account: string }, { EventTime: millis })
/** The decoded body: EventTime is a number. */
export type OfficialAccountAfterOfficialAccountFull = TypeOf<typeof OfficialAccountAfterOfficialAccountFull>

/** An official account reached its maximum of subscribers. */
export const officialAccountAfterOfficialAccountFull = definePlugin({
  command: 'OfficialAccount.CallbackAfterOfficialAccountFull',
  title: 'Official account reached its subscriber limit',
  body: OfficialAccountAfterOfficialAccountFull,
  key: (body) => body.Official_Account,
  sample: {
    Official_Account: '@TOA#_1',
    EventTime: 1670574414123,
  },
  hooks: {
    log: ({ body }) => `official account ${body.Official_Account} is full`,
  },
})
