/** Returns the key of a conversation: both accounts, sorted, so that it is the same whichever account acts. */
export const conversationKey = (one: string, other: string): string => [one, other].sort().join(':')
