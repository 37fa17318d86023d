import { definePlugin, formatNames, list, millis, orUnknown, string, struct, type TypeOf } from '@callboard/core'

/** The body of `Live.CallbackAfterModifyAdmin`. Source: vendor document 647/72554. */
export const LiveAfterModifyAdmin = struct(
  {
    RoomId: string,
    /** The accounts that became or stopped being administrators. */
    Admin_Account: list(string),
  },
  {
    Operator_Account: string,
    /** An open set: add, delete. The name starts in lower case on the wire. */
    opType: string,
    EventTime: millis,
  },
)
/** The decoded body: EventTime is a number. */
export type LiveAfterModifyAdmin = TypeOf<typeof LiveAfterModifyAdmin>

/** Administrators of a live room were appointed or dismissed. */
export const liveAfterModifyAdmin = definePlugin({
  command: 'Live.CallbackAfterModifyAdmin',
  title: 'Live room administrators changed',
  body: LiveAfterModifyAdmin,
  key: (body) => body.RoomId,
  sample: {
    RoomId: 'room1',
    EventTime: 1703589922780,
    Operator_Account: 'admin',
    Admin_Account: ['user1'],
    opType: 'add',
  },
  hooks: {
    log: ({ body }) =>
      `live room ${body.RoomId}: ${orUnknown(body.opType, 'operation')} administrators ${formatNames(body.Admin_Account)}, by ${orUnknown(body.Operator_Account, 'operator')}`,
  },
})
