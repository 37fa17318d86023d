import { definePlugin, millis, struct } from '@callboard/core'
import * as t from 'io-ts'

/** The body of `OfficialAccount.CallbackAfterCreateOfficialAccount`. Source: vendor document 1047/60796. */
export const OfficialAccountAfterCreateOfficialAccount = struct(
  {
    Official_Account: t.string,
    Operator_Account: t.string,
    Owner_Account: t.string,
    Name: t.string,
  },
  { EventTime: millis },
)
/** The decoded body: EventTime is a number. */
export type OfficialAccountAfterCreateOfficialAccount = t.TypeOf<typeof OfficialAccountAfterCreateOfficialAccount>

/** An official account was created. */
export const officialAccountAfterCreateOfficialAccount = definePlugin({
  command: 'OfficialAccount.CallbackAfterCreateOfficialAccount',
  title: 'Official account created',
  body: OfficialAccountAfterCreateOfficialAccount,
  key: (body) => body.Official_Account,
  sample: {
    CallbackCommand: 'OfficialAccount.CallbackAfterCreateOfficialAccount',
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
