import { definePlugin, integer, list, millis, struct } from '@callboard/core'
import * as t from 'io-ts'
import { friendVerdicts } from '../shapes/friend-verdicts.ts'
import { names } from '../shapes/members.ts'

/** The body of `Sns.CallbackPrevFriendAdd`, as it is seen on the wire. Source: vendor document 1047/43468. */
export const SnsPrevFriendAdd = struct(
  {
    Requester_Account: t.string,
    From_Account: t.string,
    FriendItem: list(
      struct({ To_Account: t.string }, { Remark: t.string, GroupName: t.string, AddSource: t.string, AddWording: t.string }),
    ),
    /** Add_Type_Single, Add_Type_Both; an open set. */
    AddType: t.string,
    /** 1: forced by an administrator. */
    ForceAddFlags: integer,
  },
  {
    EventTime: millis,
  },
)
/** The decoded body: numbers are numbers, unknown fields are kept. */
export type SnsPrevFriendAdd = t.TypeOf<typeof SnsPrevFriendAdd>

const asked = (body: SnsPrevFriendAdd): readonly string[] => body.FriendItem.map(({ To_Account }) => To_Account)

/** Somebody asks others to be friends. The verdict is per account. Not sent for REST calls. */
export const snsPrevFriendAdd = definePlugin({
  command: 'Sns.CallbackPrevFriendAdd',
  title: 'Before a friend is added',
  body: SnsPrevFriendAdd,
  key: (body) => body.From_Account,
  before: friendVerdicts(asked),
  sample: {
    CallbackCommand: 'Sns.CallbackPrevFriendAdd',
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
    log: ({ body }) => `${body.From_Account} asks ${names(asked(body))} to be friends`,
  },
})
