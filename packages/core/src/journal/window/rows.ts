/** A new delivery in the log of events: pending, and never tried. */
export interface LogDelivery {
  /** The position of its event. */
  readonly position: number
  /** The id of its event. */
  readonly id: string
  /** Identifies the app and key. Undefined: the delivery waits for no other. */
  readonly lane: string | undefined
  /** When it was recorded. */
  readonly due: number
}

/** A delivery that becomes a row, and its lease if it is in flight. */
export interface SpilledDelivery extends LogDelivery {
  readonly lease?: { readonly token: string; readonly end: number }
}

/** A row that a claim may lease. */
export interface RowCandidate {
  readonly position: number
  readonly due: number
}

/** Which rows a claim may lease. */
export interface CandidateRequest {
  /** True: only the first row of each lane, and only if no other delivery of the lane is leased. */
  readonly ordered: boolean
  readonly now: number
  readonly limit: number
  /** With `ordered`: the rows behind this place come later, since the log before them is not read yet. */
  readonly readTo: number
  /** Whether the window has leased a delivery of this lane. */
  readonly isLeased: (lane: string) => boolean
}

/**
 * The deliveries of one sink that need a row of their own: failed, replayed, waiting behind such a delivery while the window is full,
 * or ended in another way than delivered. In its lane a row has a *place*: the position of its event, or the number that a replay gave
 * it. Places and positions come from one counter.
 */
export interface Rows {
  /** Whether any row is pending. While none is, the window does not ask for lanes. */
  readonly hasPending: () => boolean
  /** The place of the last pending row of a lane; undefined when no row of the lane is pending. */
  readonly lastPlace: (lane: string) => number | undefined
  /** Adds a pending row at the place of its position. */
  readonly add: (delivery: SpilledDelivery) => void
  /** Due rows, those that have been due the longest first. */
  readonly candidates: (request: CandidateRequest) => readonly RowCandidate[]
  /** Leases a candidate, and counts the attempt. */
  readonly lease: (position: number, token: string, end: number) => { readonly attempt: number; readonly replay: boolean }
  /** When the next row is due, or the next lease of a row ends, after `now`. With `ordered`: of those that are first in their lane or leased. */
  readonly nextDue: (ordered: boolean, now: number) => number | undefined
}
