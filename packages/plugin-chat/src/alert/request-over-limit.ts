import { definePlugin, integer, orUnknown, string, struct, type TypeOf } from '@callboard/core'

/** The body of `Alert.RequestOverLimit`, which has no time. Source: vendor document 1047/60256. */
export const AlertRequestOverLimit = struct(
  {},
  {
    /** The vendor's service, such as `openim`. */
    ServiceName: string,
    /** The REST call, such as `batchsendmsg`. */
    Command: string,
    /** The current requests per second. */
    Request: integer,
    /** The allowed requests per second. */
    Limit: integer,
  },
)
/** The decoded body: rates are numbers. */
export type AlertRequestOverLimit = TypeOf<typeof AlertRequestOverLimit>

/** The app calls a REST API at more than 80 % of its limit. The vendor sends this without configuration. */
export const alertRequestOverLimit = definePlugin({
  command: 'Alert.RequestOverLimit',
  title: 'REST API near its limit',
  body: AlertRequestOverLimit,
  key: ({ ServiceName, Command }) => (ServiceName === undefined || Command === undefined ? undefined : `${ServiceName}:${Command}`),
  sample: { ServiceName: 'openim', Command: 'batchsendmsg', Request: 510, Limit: 200 },
  hooks: {
    log: ({ body }) =>
      `REST API ${orUnknown(body.ServiceName, 'service')}/${orUnknown(body.Command, 'call')} near its limit: ${orUnknown(body.Request, 'number')} of ${orUnknown(body.Limit, 'number')} requests a second`,
  },
})
