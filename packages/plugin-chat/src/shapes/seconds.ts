/** The vendor's seconds since the Unix epoch as milliseconds. */
export const inMillis = (seconds: number): number => seconds * 1_000
