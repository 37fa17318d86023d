import { list, string, struct, type TypeOf } from '@callboard/core'

/** A list of members, each an object. */
export const members = list(struct({ Member_Account: string }))
/** A list of members, each an object. */
export type Members = TypeOf<typeof members>

const MAX_SHOWN = 3

/** Returns the first three names and the number of others for a log line: `user1, user2, user3, 2 more`. */
export const formatNames = (accounts: readonly string[]): string =>
  [...accounts.slice(0, MAX_SHOWN), ...(accounts.length > MAX_SHOWN ? [`${accounts.length - MAX_SHOWN} more`] : [])].join(', ') || 'nobody'

/** Returns the accounts of members for a log line. */
export const formatMembers = (list: Members): string => formatNames(list.map(({ Member_Account }) => Member_Account))
