import { formatNames, list, string, struct, type TypeOf } from '@callboard/core'

/** A list of members, each an object. */
export const members = list(struct({ Member_Account: string }))
/** A list of members, each an object. */
export type Members = TypeOf<typeof members>

/** Returns the accounts of members for a log line. */
export const formatMembers = (list: Members): string => formatNames(list.map(({ Member_Account }) => Member_Account))
