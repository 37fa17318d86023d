/** The names of the fields that an update carries, without those that only say of what. */
export const changes = (updated: object, ...known: readonly string[]): string =>
  Object.keys(updated)
    .filter((field) => !known.includes(field))
    .join(', ') || 'nothing'
