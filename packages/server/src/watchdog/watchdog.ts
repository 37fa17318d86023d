import { Worker } from 'node:worker_threads'
import type { CodeOwner, Log, WatchdogHook } from '@callboard/core'
import { BEAT_INTERVAL_MS, type CodeOwnerName, createHeartbeat, NO_OWNER, type WatchdogWorkerData } from './heartbeat.ts'

/** Sees when the event loop stands still, and says whose code it is in, while it is. */
export interface Watchdog extends WatchdogHook {
  readonly stop: () => Promise<void>
}

// Node runs the sources as they are, and the build renames imports, but not names in a URL.
const WORKER = new URL(import.meta.url.endsWith('.ts') ? './watchdog-worker.ts' : './watchdog-worker.js', import.meta.url)
const RESOURCE_LIMITS = { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 32 }

/** Begins to look, from a thread of its own; `log` is told if that comes to an end. */
export const startWatchdog = (log: Log): Watchdog => {
  const memory = new SharedArrayBuffer(8)
  const beats = createHeartbeat(memory)
  const worker = new Worker(WORKER, {
    workerData: { memory, terminal: process.stdout.isTTY === true } satisfies WatchdogWorkerData,
    resourceLimits: RESOURCE_LIMITS,
  })
  worker.once('error', (err) => log.warn({ err }, 'nobody looks any more whether the event loop stands still'))
  worker.unref()
  const timer = setInterval(beats.beat, BEAT_INTERVAL_MS).unref()

  const numbers: Readonly<Record<CodeOwner, Map<string, number>>> = { plugin: new Map(), decision: new Map(), sink: new Map() }
  let latest = NO_OWNER
  const number = (party: CodeOwner, name: string): number => {
    latest += 1
    numbers[party].set(name, latest)
    worker.postMessage({ owner: party, name } satisfies CodeOwnerName)
    return latest
  }

  return {
    enter: (party, name) => beats.enter(numbers[party].get(name) ?? number(party, name)),
    leave: () => beats.enter(NO_OWNER),
    stop: async () => {
      clearInterval(timer)
      await worker.terminate()
    },
  }
}
