import { Worker } from 'node:worker_threads'
import type { CodeOwner, Log, WatchdogHook } from '@callboard/core'
import { BEAT_INTERVAL_MS, type CodeOwnerName, createHeartbeat, NO_OWNER, type WatchdogWorkerData } from './heartbeat.ts'

/** Logs a blocked event loop while it is blocked, with the owner of the code that blocks it. */
export interface Watchdog extends WatchdogHook {
  readonly stop: () => Promise<void>
}

// The build rewrites the file ending in imports, but not in URLs.
const WORKER = new URL(import.meta.url.endsWith('.ts') ? './watchdog-worker.ts' : './watchdog-worker.js', import.meta.url)
const RESOURCE_LIMITS = { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 32 }

/** Starts the thread of the watchdog. Logs a warning if the thread fails. Calls `onDroppedLine` for each line that the thread could not write. */
export const startWatchdog = (log: Log, onDroppedLine: () => void): Watchdog => {
  const memory = new SharedArrayBuffer(8)
  const heartbeat = createHeartbeat(memory)
  const worker = new Worker(WORKER, {
    workerData: { memory, terminal: process.stdout.isTTY === true } satisfies WatchdogWorkerData,
    resourceLimits: RESOURCE_LIMITS,
  })
  worker.on('message', onDroppedLine)
  worker.once('error', (err) => log.warn({ err }, 'watchdog stopped'))
  worker.unref()
  const timer = setInterval(heartbeat.beat, BEAT_INTERVAL_MS).unref()

  const numbers: Readonly<Record<CodeOwner, Map<string, number>>> = { plugin: new Map(), decision: new Map(), sink: new Map() }
  let lastNumber = NO_OWNER
  const addOwner = (owner: CodeOwner, name: string): number => {
    lastNumber += 1
    numbers[owner].set(name, lastNumber)
    worker.postMessage({ owner, name } satisfies CodeOwnerName)
    return lastNumber
  }

  return {
    enter: (owner, name) => heartbeat.enter(numbers[owner].get(name) ?? addOwner(owner, name)),
    leave: () => heartbeat.enter(NO_OWNER),
    stop: async () => {
      clearInterval(timer)
      await worker.terminate()
    },
  }
}
