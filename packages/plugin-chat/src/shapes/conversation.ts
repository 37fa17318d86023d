/** What keeps order between two accounts, whoever of them acts: both, sorted. */
export const conversation = (one: string, other: string): string => [one, other].sort().join(':')
