import { definePlugin, millis, orUnknown, string, struct, type TypeOf } from '@callboard/core'
import { officialVerdicts } from '../shapes/official-verdicts.ts'

/** The body of `OfficialAccount.CallbackBeforeCreateOfficialAccount`. Source: vendor document 1047/60795. */
export const OfficialAccountBeforeCreateOfficialAccount = struct(
  { Owner_Account: string },
  { Operator_Account: string, Name: string, EventTime: millis },
)
/** The decoded body: EventTime is a number. */
export type OfficialAccountBeforeCreateOfficialAccount = TypeOf<typeof OfficialAccountBeforeCreateOfficialAccount>

/** An official account is about to be created. It has no id yet, so its owner is the key. Codes 120001 to 130000 reach the caller. */
export const officialAccountBeforeCreateOfficialAccount = definePlugin({
  command: 'OfficialAccount.CallbackBeforeCreateOfficialAccount',
  title: 'Before an official account is created',
  body: OfficialAccountBeforeCreateOfficialAccount,
  key: (body) => body.Owner_Account,
  before: officialVerdicts,
  sample: {
    Operator_Account: 'user1',
    Owner_Account: 'user1',
    Name: 'TestOfficialAccount',
    EventTime: 1670574414123,
  },
  hooks: {
    log: ({ body }) =>
      `official account ${orUnknown(body.Name, 'name')} of ${body.Owner_Account} about to be created by ${orUnknown(body.Operator_Account, 'operator')}`,
  },
})
