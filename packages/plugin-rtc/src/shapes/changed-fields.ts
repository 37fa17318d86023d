/** Returns the names of the updated fields for a log line, without the `known` fields that identify the object. */
export const changedFields = (updated: object, ...known: readonly string[]): string =>
  Object.keys(updated)
    .filter((field) => !known.includes(field))
    .join(', ') || 'nothing'
