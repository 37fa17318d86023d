const MAX_SHOWN = 3

/** Returns the first three names and the number of others for a log line: `user1, user2, user3, 2 more`. */
export const formatNames = (all: readonly string[]): string =>
  [...all.slice(0, MAX_SHOWN), ...(all.length > MAX_SHOWN ? [`${all.length - MAX_SHOWN} more`] : [])].join(', ') || 'nobody'
