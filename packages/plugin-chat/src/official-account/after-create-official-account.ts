import { definePlugin, millis, orUnknown, string, struct, type TypeOf } from '@callboard/core'

/** The body of `OfficialAccount.CallbackAfterCreateOfficialAccount`. Source: vendor document 1047/60796. */
export const OfficialAccountAfterCreateOfficialAccount = struct(
  { Official_Account: string },
  { Operator_Account: string, Owner_Account: string, Name: string, EventTime: millis },
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
      `official account ${body.Official_Account} (${orUnknown(body.Name, 'name')}) of ${orUnknown(body.Owner_Account, 'owner')} created by ${orUnknown(body.Operator_Account, 'operator')}`,
  },
})
