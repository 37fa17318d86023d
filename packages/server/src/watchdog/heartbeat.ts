import type { CodeOwner } from '@callboard/core'

// What the event loop and the thread that watches it know of each other.

/** The event loop shows itself this often, in milliseconds. */
export const BEAT_INTERVAL_MS = 250
/** Without so many beats it stands still. */
export const MAX_MISSED_BEATS = 4

/** The number of no code but our own. */
export const NO_OWNER = 0

/** Whose code it is, told before it first runs. Their numbers count from 1, in this order. */
export interface CodeOwnerName {
  readonly owner: CodeOwner
  readonly name: string
}

/** What the thread starts with. */
export interface WatchdogWorkerData {
  readonly memory: SharedArrayBuffer
  /** What it says is read on a terminal. */
  readonly terminal: boolean
}

/** The memory that both threads see. */
export interface Heartbeat {
  readonly beat: () => void
  readonly count: () => number
  /** The code of this number runs. */
  readonly enter: (number: number) => void
  readonly within: () => number
}

const COUNT = 0
const WITHIN = 1

export const createHeartbeat = (memory: SharedArrayBuffer): Heartbeat => {
  const cells = new Int32Array(memory)
  return {
    beat: () => {
      Atomics.add(cells, COUNT, 1)
    },
    count: () => Atomics.load(cells, COUNT),
    enter: (number) => {
      Atomics.store(cells, WITHIN, number)
    },
    within: () => Atomics.load(cells, WITHIN),
  }
}
