const MAX_SHOWN = 3

/**
 * Returns a field of a body for a log line. An absent or empty field becomes words: `unknown operator` for `orUnknown(undefined, 'operator')`.
 */
export const orUnknown = (value: string | number | undefined, what: string): string =>
  value === undefined || value === '' ? `unknown ${what}` : String(value)

/** Returns the first three names and the number of others for a log line: `user1, user2, user3, 2 more`. */
export const formatNames = (names: readonly string[]): string =>
  [...names.slice(0, MAX_SHOWN), ...(names.length > MAX_SHOWN ? [`${names.length - MAX_SHOWN} more`] : [])].join(', ') || 'nobody'
