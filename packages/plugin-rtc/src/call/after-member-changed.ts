import { definePlugin, formatNames, identifier, list, millis, orUnknown, string, struct, type TypeOf } from '@callboard/core'
import { CallUser } from '../shapes/call-user.ts'

/** The body of `Call.CallbackAfterMemberChanged`. Source: vendor document 647/69215. */
export const CallAfterMemberChanged = struct(
  {
    CallId: string,
    ChangedUserList: list(
      struct(
        { User_Account: identifier },
        {
          /** An open set, on which table and sample disagree: Answer, Accept, Reject, NotAnswer, Hangup, Join, Offline, Invite, Invited, Cancel_Invite. */
          ActionType: string,
        },
      ),
    ),
  },
  {
    /** The current members of the call. */
    UserList: list(CallUser),
    EventTime: millis,
  },
)
/** The decoded body: EventTime is a number, accounts are text. */
export type CallAfterMemberChanged = TypeOf<typeof CallAfterMemberChanged>

/** The status of a member of a call changed, such as answered, hung up or invited. */
export const callAfterMemberChanged = definePlugin({
  command: 'Call.CallbackAfterMemberChanged',
  title: 'Call members changed',
  body: CallAfterMemberChanged,
  key: (body) => body.CallId,
  sample: {
    CallId: 'call1',
    UserList: [{ User_Account: 'user1', Status: 'Calling' }],
    ChangedUserList: [{ User_Account: 'user2', ActionType: 'Answer' }],
    EventTime: 1740464128807,
  },
  hooks: {
    log: ({ body }) => {
      const changed = body.ChangedUserList.map(({ User_Account, ActionType }) => `${User_Account} ${orUnknown(ActionType, 'action')}`)
      return `call ${body.CallId}: ${formatNames(changed)}, members now: ${orUnknown(body.UserList?.length, 'number')}`
    },
  },
})
