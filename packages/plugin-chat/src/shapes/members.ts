import { list, string, struct, type TypeOf } from '@callboard/core'

/** Accounts, each in an object of its own. */
export const members = list(struct({ Member_Account: string }))
/** Accounts, each in an object of its own. */
export type Members = TypeOf<typeof members>

const SHOWN = 3

/** Who, for people: `user1, user2`, and after three how many more. */
export const names = (accounts: readonly string[]): string =>
  [...accounts.slice(0, SHOWN), ...(accounts.length > SHOWN ? [`${accounts.length - SHOWN} more`] : [])].join(', ') || 'nobody'

/** Who, for people, in a list of members. */
export const namesOf = (list: Members): string => names(list.map(({ Member_Account }) => Member_Account))
