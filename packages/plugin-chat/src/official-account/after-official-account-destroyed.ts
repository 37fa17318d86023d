import { definePlugin, millis, orUnknown, string, struct, type TypeOf } from '@callboard/core'

/** The body of `OfficialAccount.CallbackAfterOfficialAccountDestroyed`. Source: vendor document 1047/60798. */
export const OfficialAccountAfterOfficialAccountDestroyed = struct(
  { Official_Account: string },
  { Owner_Account: string, Name: string, EventTime: millis },
)
/** The decoded body: EventTime is a number. */
export type OfficialAccountAfterOfficialAccountDestroyed = TypeOf<typeof OfficialAccountAfterOfficialAccountDestroyed>

/** An official account was destroyed. */
export const officialAccountAfterOfficialAccountDestroyed = definePlugin({
  command: 'OfficialAccount.CallbackAfterOfficialAccountDestroyed',
  title: 'Official account destroyed',
  body: OfficialAccountAfterOfficialAccountDestroyed,
  key: (body) => body.Official_Account,
  sample: {
    Official_Account: '@TOA#_1',
    Owner_Account: 'user1',
    Name: 'TestOfficialAccount',
    EventTime: 1670574414123,
  },
  hooks: {
    log: ({ body }) =>
      `official account ${body.Official_Account} (${orUnknown(body.Name, 'name')}) of ${orUnknown(body.Owner_Account, 'owner')} destroyed`,
  },
})
