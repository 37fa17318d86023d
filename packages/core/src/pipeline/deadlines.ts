// The deadlines of one request, in milliseconds after its HTTP headers arrived. The vendor stops waiting at 2 000 ms.

/** How long a decision may take by default. */
export const DEFAULT_DECISION_DEADLINE_MS = 1_500
/** The longest configurable decision. The event must still be recorded and the answer sent within the vendor's 2 s. */
export const MAX_DECISION_DEADLINE_MS = 1_600
/** The latest moment for an answer. An answer that would be 503 is held from here on. */
export const ANSWER_DEADLINE_MS = 1_800
/**
 * A held 503 leaves at this moment. The vendor repeats a request only after its own timeout and takes a fast 503 as final. So a 503
 * leaves only after the vendor has stopped waiting.
 */
export const HOLD_DEADLINE_MS = 2_200
/** How many responses are held at a time. Others get their 503 at once. */
export const MAX_HELD_RESPONSES = 1_000

/** The time that a decision leaves for recording the event. */
const RECORD_RESERVE_MS = 200

/**
 * Returns how many milliseconds are left for a decision. `spentMs` have passed since the HTTP headers arrived. `limitMs` is the configured
 * deadline of the decision. The deadline of the answer applies, too.
 */
export const remainingDecisionTime = (limitMs: number, spentMs: number): number =>
  Math.max(0, Math.min(limitMs, ANSWER_DEADLINE_MS - RECORD_RESERVE_MS - spentMs))
