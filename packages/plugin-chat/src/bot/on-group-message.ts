import {
  definePlugin,
  formatNames,
  inMillis,
  integer,
  list,
  millis,
  orUnknown,
  seconds,
  string,
  struct,
  type TypeOf,
} from '@callboard/core'
import { groupType } from '../shapes/group-fields.ts'
import { formatKinds, MsgBody } from '../shapes/msg-body.ts'

/** The body of `Bot.OnGroupMessage`. Source: vendor document 1047/68953. */
export const BotOnGroupMessage = struct(
  { GroupId: string, MsgBody },
  {
    ...groupType,
    From_Account: string,
    Operator_Account: string,
    Random: integer,
    MsgSeq: integer,
    MsgTime: seconds,
    /** 1: sent only to accounts that are online. */
    OnlineOnlyFlag: integer,
    /** The bots that were mentioned. */
    AtRobots_Account: list(string),
    CloudCustomData: string,
    TopicId: string,
    EventTime: millis,
  },
)
/** The decoded body: EventTime is in milliseconds, MsgTime in seconds. */
export type BotOnGroupMessage = TypeOf<typeof BotOnGroupMessage>

/** A member mentioned a chatbot in a group. */
export const botOnGroupMessage = definePlugin({
  command: 'Bot.OnGroupMessage',
  title: 'Chatbot was mentioned in a group',
  body: BotOnGroupMessage,
  key: (body) => body.GroupId,
  eventTime: (body) => body.EventTime ?? inMillis(body.MsgTime),
  sample: {
    GroupId: '@TGS#1',
    Type: 'Public',
    From_Account: 'user1',
    Operator_Account: 'admin',
    Random: 123456,
    MsgSeq: 123,
    MsgTime: 1490686222,
    OnlineOnlyFlag: 1,
    MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text: '@@RBT#001 hello' } }],
    AtRobots_Account: ['@RBT#001'],
    CloudCustomData: 'custom',
    EventTime: 1670574414123,
  },
  hooks: {
    log: ({ body }) =>
      `${orUnknown(body.From_Account, 'sender')} mentioned ${body.AtRobots_Account ? formatNames(body.AtRobots_Account) : 'a bot'} in group ${body.GroupId}: ${formatKinds(body.MsgBody)}`,
  },
})
