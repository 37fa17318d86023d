import { definePlugin, formatNames, list, millis, string, struct, type TypeOf } from '@callboard/core'
import { friendVerdicts } from '../shapes/friend-verdicts.ts'

/** The body of `Sns.CallbackPrevFriendResponse`. Source: vendor document 1047/43467. */
export const SnsPrevFriendResponse = struct(
  {
    From_Account: string,
    ResponseFriendItem: list(
      struct(
        { To_Account: string },
        {
          /** An open set: Response_Action_AgreeAndAdd, Response_Action_Agree, Response_Action_Reject. */
          ResponseAction: string,
          Remark: string,
          TagName: string,
        },
      ),
    ),
  },
  { Requester_Account: string, EventTime: millis },
)
/** The decoded body: numbers are numbers, unknown fields are kept. */
export type SnsPrevFriendResponse = TypeOf<typeof SnsPrevFriendResponse>

const answered = (body: SnsPrevFriendResponse): readonly string[] => body.ResponseFriendItem.map(({ To_Account }) => To_Account)

/** Somebody answers the requests of others. The verdict is per account. Not sent for REST calls. */
export const snsPrevFriendResponse = definePlugin({
  command: 'Sns.CallbackPrevFriendResponse',
  title: 'Before a friend request is answered',
  body: SnsPrevFriendResponse,
  key: (body) => body.From_Account,
  before: friendVerdicts(answered),
  sample: {
    Requester_Account: 'user0',
    From_Account: 'user0',
    ResponseFriendItem: [
      { To_Account: 'user1', Remark: 'remark1', TagName: 'group1', ResponseAction: 'Response_Action_AgreeAndAdd' },
      { To_Account: 'user2', Remark: 'remark2', TagName: 'group2', ResponseAction: 'Response_Action_Reject' },
    ],
    EventTime: 1631777645424,
  },
  hooks: {
    log: ({ body }) => `${body.From_Account} answers the friend requests of ${formatNames(answered(body))}`,
  },
})
