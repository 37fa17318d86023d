import type { Party } from '@callboard/core'

// What the event loop and the thread that watches it know of each other.

/** The event loop shows itself this often, in milliseconds. */
export const BEAT = 250
/** Without so many beats it stands still. */
export const MISSED = 4

/** The number of no code but our own. */
export const NOBODY = 0

/** Whose code it is, told before it first runs. Their numbers count from 1, in this order. */
export interface Named {
  readonly party: Party
  readonly name: string
}

/** What the thread starts with. */
export interface Guarded {
  readonly memory: SharedArrayBuffer
  /** What it says is read on a terminal. */
  readonly terminal: boolean
}

/** The memory that both threads see. */
export interface Beats {
  readonly beat: () => void
  readonly count: () => number
  /** The code of this number runs. */
  readonly enter: (number: number) => void
  readonly within: () => number
}

const COUNT = 0
const WITHIN = 1

export const beatsOf = (memory: SharedArrayBuffer): Beats => {
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
