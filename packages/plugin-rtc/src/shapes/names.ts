const SHOWN = 3

/** Who or what, for people: `user1, user2`, and after three how many more. */
export const names = (all: readonly string[]): string =>
  [...all.slice(0, SHOWN), ...(all.length > SHOWN ? [`${all.length - SHOWN} more`] : [])].join(', ') || 'nobody'
