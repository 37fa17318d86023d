// One budget, counted from the request's head. The vendor gives up after 2 s.

/** A decision may take this long by default, in milliseconds. */
export const DEFAULT_DECISION_DEADLINE_MS = 1_500
/** The answer leaves at the latest this long after the head, in milliseconds: OK, a decision, or the beginning of a hold. */
export const ANSWER_DEADLINE_MS = 1_800
/**
 * The vendor repeats only what timed out, and takes a 503 as final. So an answer that would be 503 is held until the vendor must
 * have given up by itself, in milliseconds after the head.
 */
export const HOLD_DEADLINE_MS = 2_200
/** No more answers than this are held at a time; the others are sent at once. */
export const MAX_HELD_RESPONSES = 1_000

/** Kept back from a decision, in milliseconds, so that there is time to record. */
const RECORD_RESERVE_MS = 200

/** How long a decision may take now, `spent` milliseconds after the head, if its own limit is `deadline`. */
export const decisionDeadline = (deadline: number, spent: number): number =>
  Math.max(0, Math.min(deadline, ANSWER_DEADLINE_MS - RECORD_RESERVE_MS - spent))
