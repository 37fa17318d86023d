const SHOWN = 3

/** A list of accounts or the like as one line shows it: the first three, and how many more. */
export const names = (all: readonly string[]): string => {
  const more = all.length - SHOWN
  return `${all.slice(0, SHOWN).join(', ') || 'nobody'}${more > 0 ? ` and ${more} more` : ''}`
}
