import { definePlugin, list, millis, orUnknown, string, struct, type TypeOf } from '@callboard/core'
import { groupType } from '../shapes/group-fields.ts'

/** The body of `Group.CallbackAfterGroupAttrChanged`. Source: vendor document 1047/60394. */
export const GroupAfterGroupAttrChanged = struct(
  { GroupId: string },
  {
    ...groupType,
    Operator_Account: string,
    /** An open set: set, modify, delete, clear. */
    OptionType: string,
    /** Not sent if all attributes are cleared. Only here are the names in lower case. */
    GroupAttr: list(struct({}, { key: string, value: string })),
    EventTime: millis,
  },
)
/** The decoded body: numbers are numbers, unknown fields are kept. */
export type GroupAfterGroupAttrChanged = TypeOf<typeof GroupAfterGroupAttrChanged>

/** Attributes of a group were set, modified, deleted or cleared. */
export const groupAfterGroupAttrChanged = definePlugin({
  command: 'Group.CallbackAfterGroupAttrChanged',
  title: 'Group attributes changed',
  body: GroupAfterGroupAttrChanged,
  key: (body) => body.GroupId,
  sample: {
    GroupId: '@TGS#1',
    Type: 'Public',
    Operator_Account: 'user1',
    OptionType: 'set',
    GroupAttr: [{ key: 'key1', value: 'value1' }],
    EventTime: '1670574414123',
  },
  hooks: {
    log: ({ body }) =>
      `${orUnknown(body.Operator_Account, 'operator')}: ${orUnknown(body.OptionType, 'operation')} ${body.GroupAttr?.length ?? 0} attributes of group ${body.GroupId}`,
  },
})
