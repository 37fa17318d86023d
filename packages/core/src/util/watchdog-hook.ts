/** Whose code it is: that of a plugin (codec, key, hooks, answers), a decision, or a sink. */
export type CodeOwner = 'plugin' | 'decision' | 'sink'

/**
 * Is told whose code the event loop runs, so that a watchdog in another thread can name what does not come back. What such code does
 * later, behind an `await` of its own, is not told.
 */
export interface WatchdogHook {
  /** It begins. `name`: the command of a plugin or decision, the name of a sink. */
  readonly enter: (party: CodeOwner, name: string) => void
  /** It has come back. */
  readonly leave: () => void
}

/** Nobody watches. */
export const noWatchdog: WatchdogHook = { enter: () => {}, leave: () => {} }

/** Runs code of others under a watch; gives what it gives, and throws what it throws. */
export const runWatched = <T>(watch: WatchdogHook, party: CodeOwner, name: string, run: () => T): T => {
  watch.enter(party, name)
  try {
    return run()
  } finally {
    watch.leave()
  }
}
