import { definePlugin, millis, struct } from '@callboard/core'
import * as t from 'io-ts'

/** The body of `OfficialAccount.CallbackAfterOfficialAccountDestroyed`. Source: vendor document 1047/60798. */
export const OfficialAccountAfterOfficialAccountDestroyed = struct(
  {
    Official_Account: t.string,
    Owner_Account: t.string,
    Name: t.string,
  },
  { EventTime: millis },
)
/** The decoded body: EventTime is a number. */
export type OfficialAccountAfterOfficialAccountDestroyed = t.TypeOf<typeof OfficialAccountAfterOfficialAccountDestroyed>

/** An official account was destroyed. */
export const officialAccountAfterOfficialAccountDestroyed = definePlugin({
  command: 'OfficialAccount.CallbackAfterOfficialAccountDestroyed',
  title: 'Official account destroyed',
  body: OfficialAccountAfterOfficialAccountDestroyed,
  key: (body) => body.Official_Account,
  sample: {
    CallbackCommand: 'OfficialAccount.CallbackAfterOfficialAccountDestroyed',
    Official_Account: '@TOA#_1',
    Owner_Account: 'user1',
    Name: 'TestOfficialAccount',
    EventTime: 1670574414123,
  },
  hooks: {
    log: ({ body }) => `official account ${body.Official_Account} (${body.Name}) of ${body.Owner_Account} destroyed`,
  },
})
