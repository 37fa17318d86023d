import { definePlugin, millis, orUnknown, string, struct, type TypeOf } from '@callboard/core'
import { groupType } from '../shapes/group-fields.ts'

/** The body of `Group.CallbackAfterChangeGroupOwner`. Source: vendor document 1047/60396. */
export const GroupAfterChangeGroupOwner = struct(
  { GroupId: string },
  {
    ...groupType,
    Operator_Account: string,
    OldOwner_Account: string,
    NewOwner_Account: string,
    EventTime: millis,
  },
)
/** The decoded body: numbers are numbers, unknown fields are kept. */
export type GroupAfterChangeGroupOwner = TypeOf<typeof GroupAfterChangeGroupOwner>

/** A group got a new owner. */
export const groupAfterChangeGroupOwner = definePlugin({
  command: 'Group.CallbackAfterChangeGroupOwner',
  title: 'Group owner changed',
  body: GroupAfterChangeGroupOwner,
  key: (body) => body.GroupId,
  sample: {
    GroupId: '@TGS#1',
    Type: 'Public',
    Operator_Account: 'admin',
    OldOwner_Account: 'user1',
    NewOwner_Account: 'user2',
    EventTime: '1670574414123',
  },
  hooks: {
    log: ({ body }) =>
      `${orUnknown(body.Operator_Account, 'operator')} handed group ${body.GroupId} from ${orUnknown(body.OldOwner_Account, 'owner')} to ${orUnknown(body.NewOwner_Account, 'owner')}`,
  },
})
