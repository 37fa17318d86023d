import { definePlugin, millis, orUnknown, string, struct, type TypeOf } from '@callboard/core'

/** Only the changed fields are sent. */
const profile = { Introduction: string, Name: string, FaceUrl: string, Organization: string }

/** The body of `OfficialAccount.CallbackAfterOfficialAccountInfoChanged`. Source: vendor document 1047/60797. */
export const OfficialAccountAfterOfficialAccountInfoChanged = struct(
  { Official_Account: string },
  { Operator_Account: string, ...profile, EventTime: millis },
)
/** The decoded body: EventTime is a number. */
export type OfficialAccountAfterOfficialAccountInfoChanged = TypeOf<typeof OfficialAccountAfterOfficialAccountInfoChanged>

/** The profile of an official account was changed. */
export const officialAccountAfterOfficialAccountInfoChanged = definePlugin({
  command: 'OfficialAccount.CallbackAfterOfficialAccountInfoChanged',
  title: 'Official account profile changed',
  body: OfficialAccountAfterOfficialAccountInfoChanged,
  key: (body) => body.Official_Account,
  sample: {
    Official_Account: '@TOA#_1',
    Operator_Account: 'user1',
    Introduction: 'New',
    Name: 'NewName',
    FaceUrl: 'https://example.com/face.png',
    Organization: 'NewOrg',
    EventTime: 1670574414123,
  },
  hooks: {
    log: ({ body }) => {
      const changed = Object.keys(profile).filter((field) => Object.hasOwn(body, field))
      return `official account ${body.Official_Account} changed by ${orUnknown(body.Operator_Account, 'operator')}: ${changed.join(', ') || 'nothing'}`
    },
  },
})
