import { readSafely } from './foreign-value.ts'

/** Whose code runs: that of a plugin (codec, key, hooks, replies), of a decision, or of a sink. */
export type CodeOwner = 'plugin' | 'decision' | 'sink'

/**
 * Is told whose code the event loop runs, so that a watchdog in another thread can name code that blocks. It is not told about code
 * that runs later, after an `await`.
 */
export interface WatchdogHook {
  /** Code starts. `name` is the command of a plugin or decision, or the name of a sink. */
  readonly enter: (owner: CodeOwner, name: string) => void
  /** The code returned. */
  readonly leave: () => void
}

/** A hook that does nothing. */
export const noWatchdog: WatchdogHook = { enter: () => {}, leave: () => {} }

/** Runs foreign code under a watchdog. Returns what it returns and throws what it throws. A watchdog that throws is ignored. */
export const runWatched = <T>(watchdog: WatchdogHook, owner: CodeOwner, name: string, run: () => T): T => {
  readSafely(() => watchdog.enter(owner, name), undefined)
  try {
    return run()
  } finally {
    readSafely(() => watchdog.leave(), undefined)
  }
}
