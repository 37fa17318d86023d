import type { ManualClock } from '@callboard/testing'
import type { RunningServer } from '../src/http/server.ts'

/** Stops a server on a manual clock: advances the clock until the server has stopped. */
export const stopOnManualClock = async (served: Pick<RunningServer, 'stop'> | undefined, clock: ManualClock): Promise<void> => {
  let stopped = false
  Promise.resolve(served?.stop()).then(() => {
    stopped = true
  })
  while (!stopped) await clock.advance(1_000)
}
