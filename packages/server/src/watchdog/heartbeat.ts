import type { CodeOwner } from '@callboard/core'

// Shared by the main thread, whose event loop is watched, and the thread of the watchdog.

/** The interval of the main thread's heartbeats. */
export const BEAT_INTERVAL_MS = 250
/** The event loop counts as blocked after this many missed heartbeats. */
export const MAX_MISSED_BEATS = 4

/** The owner number of Callboard's own code. */
export const NO_OWNER = 0

/** The owner of code from outside. The watchdog numbers owners from 1 in the order of these messages. */
export interface CodeOwnerName {
  readonly owner: CodeOwner
  /** The name of the sink, or the command of the plugin or decision. */
  readonly name: string
}

/** The data that the thread of the watchdog starts with. */
export interface WatchdogWorkerData {
  readonly memory: SharedArrayBuffer
  /** True if standard output is a terminal. */
  readonly terminal: boolean
}

/** Two counters in shared memory. */
export interface Heartbeat {
  readonly beat: () => void
  /** Returns the number of heartbeats. */
  readonly count: () => number
  /** Stores which owner's code runs. */
  readonly enter: (owner: number) => void
  /** Returns the number of the owner whose code runs. */
  readonly currentOwner: () => number
}

const COUNT = 0
const OWNER = 1

/** Returns the heartbeat in this memory of 8 bytes. */
export const createHeartbeat = (memory: SharedArrayBuffer): Heartbeat => {
  const cells = new Int32Array(memory)
  return {
    beat: () => {
      Atomics.add(cells, COUNT, 1)
    },
    count: () => Atomics.load(cells, COUNT),
    enter: (owner) => {
      Atomics.store(cells, OWNER, owner)
    },
    currentOwner: () => Atomics.load(cells, OWNER),
  }
}
