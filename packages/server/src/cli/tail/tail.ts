import { setTimeout as sleep } from 'node:timers/promises'
import { print, printError } from '../../util/terminal.ts'
import { EX, type ExitCode } from '../exit-codes.ts'
import { formatEvent, toEventJson } from '../shared/format.ts'
import { journalFile } from '../shared/read-journal.ts'
import { createFollower, type FollowFilter } from './journal-follower.ts'

/** The flags of `tail`. */
export interface TailFlags extends FollowFilter {
  /** The number of stored events to print first. */
  readonly lines: number
  readonly json?: boolean
}

const POLL_INTERVAL_MS = 100

/** Returns a signal that aborts on the first SIGINT or SIGTERM. The second one ends the process, as usual. */
const shutdownSignal = (): AbortSignal => {
  const controller = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM']) process.once(name, () => controller.abort())
  return controller.signal
}

/** Runs `tail`: prints each event once, in journal order, as it is when it is first read. */
export const tailCommand = async ({ lines, json = false, ...filter }: TailFlags, configFile: string | undefined): Promise<ExitCode> => {
  const follower = createFollower(await journalFile(configFile), filter, lines, printError)
  const signal = shutdownSignal()
  try {
    while (!signal.aborted) {
      const { events, more } = follower.poll()
      for (const event of events) print(json ? JSON.stringify(toEventJson(event)) : formatEvent(event))
      await sleep(more ? 0 : POLL_INTERVAL_MS, undefined, { signal }).catch(() => {})
    }
    return EX.ok
  } finally {
    follower.close()
  }
}
