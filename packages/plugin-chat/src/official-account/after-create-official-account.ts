import { definePlugin, string, struct, type TypeOf } from '@callboard/core'
import { eventTime } from '../shapes/time.ts'

/** The body of `OfficialAccount.CallbackAfterCreateOfficialAccount`. Source: vendor document 1047/60796. */
export const OfficialAccountAfterCreateOfficialAccount = struct(
  {
    Official_Account: string,
    Operator_Account: string,
    Owner_Account: string,
    Name: string,
  },
  eventTime,
)
/** The decoded body: EventTime is a number. */
export type OfficialAccountAfterCreateOfficialAccount = TypeOf<typeof OfficialAccountAfterCreateOfficialAccount>

/** An official account was created. */
export const officialAccountAfterCreateOfficialAccount = definePlugin({
  command: 'OfficialAccount.CallbackAfterCreateOfficialAccount',
  title: 'Official account created',
  body: OfficialAccountAfterCreateOfficialAccount,
  key: (body) => body.Official_Account,
  sample: {
    Official_Account: '@TOA#_1',
    Operator_Account: 'user1',
    Owner_Account: 'user1',
    Name: 'TestOfficialAccount',
    EventTime: 1670574414123,
  },
  hooks: {
    log: ({ body }) =>
      `official account ${body.Official_Account} (${body.Name}) of ${body.Owner_Account} created by ${body.Operator_Account}`,
  },
})
