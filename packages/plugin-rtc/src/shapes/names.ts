const SHOWN = 3

/** A list of accounts as one line shows them: the first three, and how many more. */
export const names = (accounts: readonly string[]): string => {
  const more = accounts.length - SHOWN
  return `${accounts.slice(0, SHOWN).join(', ') || 'nobody'}${more > 0 ? ` and ${more} more` : ''}`
}
