import { definePlugin, millis, orUnknown, string, struct, type TypeOf } from '@callboard/core'
import { groupType } from '../shapes/group-fields.ts'
import { groupVerdicts } from '../shapes/group-verdicts.ts'

/** The body of `Group.CallbackBeforeApplyJoinGroup`. Source: vendor document 1047/34370. */
export const GroupBeforeApplyJoinGroup = struct({ GroupId: string }, { ...groupType, Requestor_Account: string, EventTime: millis })
/** The decoded body: numbers are numbers, unknown fields are kept. */
export type GroupBeforeApplyJoinGroup = TypeOf<typeof GroupBeforeApplyJoinGroup>

/** A user applies to join a group. Allowing this does not replace the approval of the group's owner. */
export const groupBeforeApplyJoinGroup = definePlugin({
  command: 'Group.CallbackBeforeApplyJoinGroup',
  title: 'Before a user applies to join',
  body: GroupBeforeApplyJoinGroup,
  key: (body) => body.GroupId,
  before: groupVerdicts,
  sample: {
    GroupId: '@TGS#1',
    Type: 'Public',
    Requestor_Account: 'user1',
    EventTime: '1670574414123',
  },
  hooks: {
    log: ({ body }) => `${orUnknown(body.Requestor_Account, 'user')} applies to join group ${body.GroupId}`,
  },
})
