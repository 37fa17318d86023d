import { definePlugin, formatNames, integer, list, millis, string, struct, type TypeOf } from '@callboard/core'
import { friendVerdicts } from '../shapes/friend-verdicts.ts'

/** The body of `Sns.CallbackPrevFriendAdd`. Source: vendor document 1047/43468. */
export const SnsPrevFriendAdd = struct(
  {
    From_Account: string,
    FriendItem: list(struct({ To_Account: string }, { Remark: string, GroupName: string, AddSource: string, AddWording: string })),
  },
  {
    Requester_Account: string,
    /** An open set: Add_Type_Single, Add_Type_Both. */
    AddType: string,
    /** 1: forced by an administrator. */
    ForceAddFlags: integer,
    EventTime: millis,
  },
)
/** The decoded body: numbers are numbers, unknown fields are kept. */
export type SnsPrevFriendAdd = TypeOf<typeof SnsPrevFriendAdd>

const asked = (body: SnsPrevFriendAdd): readonly string[] => body.FriendItem.map(({ To_Account }) => To_Account)

/** Somebody asks others to be friends. The verdict is per account. Not sent for REST calls. */
export const snsPrevFriendAdd = definePlugin({
  command: 'Sns.CallbackPrevFriendAdd',
  title: 'Before a friend is added',
  body: SnsPrevFriendAdd,
  key: (body) => body.From_Account,
  before: friendVerdicts(asked),
  sample: {
    Requester_Account: 'user0',
    From_Account: 'user0',
    FriendItem: [
      { To_Account: 'user1', Remark: 'remark1', GroupName: 'group1', AddSource: 'AddSource_Type_Android', AddWording: 'this is user1' },
    ],
    AddType: 'Add_Type_Both',
    ForceAddFlags: 0,
    EventTime: 1631777344870,
  },
  hooks: {
    log: ({ body }) => `${body.From_Account} asks ${formatNames(asked(body))} to be friends`,
  },
})
