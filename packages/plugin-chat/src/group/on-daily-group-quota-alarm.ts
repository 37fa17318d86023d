import { definePlugin, integer, millis, orUnknown, struct, type TypeOf } from '@callboard/core'

/** The body of `Group.CallbackOnDailyGroupQuotaAlarm`. Source: vendor document 1047/57455. */
export const GroupOnDailyGroupQuotaAlarm = struct({}, { QuotaUsed: integer, Quota: integer, EventTime: millis })
/** The decoded body: numbers are numbers, unknown fields are kept. */
export type GroupOnDailyGroupQuotaAlarm = TypeOf<typeof GroupOnDailyGroupQuotaAlarm>

/** The app has used 70 % of its daily limit of new groups. Disbanded groups do not count. It is about the whole app, so it has no key. */
export const groupOnDailyGroupQuotaAlarm = definePlugin({
  command: 'Group.CallbackOnDailyGroupQuotaAlarm',
  title: 'Many new groups today',
  body: GroupOnDailyGroupQuotaAlarm,
  sample: {
    QuotaUsed: 7321,
    Quota: 10000,
    EventTime: '1670574414123',
  },
  hooks: {
    log: ({ body }) => `${orUnknown(body.QuotaUsed, 'number')} of ${orUnknown(body.Quota, 'number')} new groups used today`,
  },
})
