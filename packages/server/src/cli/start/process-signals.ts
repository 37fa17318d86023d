/** The signals that `start` handles. `bin/callboard.js` holds those that arrive while the program loads. */
export const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'] as const
/** A signal that `start` handles. */
export type ProcessSignal = (typeof SIGNALS)[number]

/** Returns the signals that arrived before, and stops holding further ones. */
export type TakeHeldSignals = () => readonly string[]

/** The signals of this process. */
export interface ProcessSignals {
  /** Calls the handler for each signal, also for those that arrived before this call. */
  readonly handle: (handler: (signal: ProcessSignal) => void) => void
}

/** Catches the signals from now on, so that none of them ends the process or opens the debugger. */
export const catchSignals = (takeHeldSignals: TakeHeldSignals): ProcessSignals => {
  const early: ProcessSignal[] = []
  let handler = (signal: ProcessSignal): void => {
    early.push(signal)
  }
  for (const signal of SIGNALS) process.on(signal, () => handler(signal))
  const held = takeHeldSignals()
  early.push(...SIGNALS.filter((signal) => held.includes(signal)))
  return {
    handle: (next) => {
      handler = next
      for (const signal of early.splice(0)) next(signal)
    },
  }
}
