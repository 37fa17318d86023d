import { millis } from '@callboard/core'

/** The optional fields of callbacks that have no other: when it happened, in milliseconds since the Unix epoch. */
export const eventTime = { EventTime: millis }

/** Returns the vendor's seconds since the Unix epoch as milliseconds. */
export const inMillis = (seconds: number): number => seconds * 1_000
