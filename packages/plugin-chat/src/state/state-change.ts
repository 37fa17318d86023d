import { definePlugin, list, millis, orUnknown, string, struct, type TypeOf } from '@callboard/core'

/** The body of `State.StateChange`. Source: vendor document 1047/34357. */
export const StateStateChange = struct(
  {
    Info: struct(
      { To_Account: string },
      {
        /** An open set: Login, Logout, Disconnect, CustomStatusChange. */
        Action: string,
        /** An open set: Register, Unregister, LinkClose, TimeOut, SetCustomStatus. Not every pair of Action and Reason is documented. */
        Reason: string,
        /** With CustomStatusChange. No sample shows whether it stands here… */
        CustomStatus: string,
      },
    ),
  },
  {
    /** …or here. */
    CustomStatus: string,
    /** The other devices that a login logged out. */
    KickedDevice: list(
      /** `Platform` is an open set: iOS, Android, Web, Windows, iPad, Mac, Linux. */
      struct({}, { Platform: string }),
    ),
    /** Milliseconds. Absent before 2020-09. */
    EventTime: millis,
  },
)
/** The decoded body: EventTime is a number. */
export type StateStateChange = TypeOf<typeof StateStateChange>

/** A user went online or offline, or set a status. */
export const stateStateChange = definePlugin({
  command: 'State.StateChange',
  title: 'Online state of a user changed',
  body: StateStateChange,
  key: (body) => body.Info.To_Account,
  sample: {
    EventTime: 1629883332497,
    Info: { Action: 'Login', To_Account: 'user1', Reason: 'Register' },
    KickedDevice: [{ Platform: 'Windows' }, { Platform: 'Android' }],
  },
  hooks: {
    log: ({ body: { Info, KickedDevice = [] } }) => {
      const kicked =
        KickedDevice.length > 0 ? `, kicked: ${KickedDevice.map(({ Platform }) => orUnknown(Platform, 'device')).join(', ')}` : ''
      return `user ${Info.To_Account}: ${orUnknown(Info.Action, 'change')} (${orUnknown(Info.Reason, 'reason')})${kicked}`
    },
  },
})
