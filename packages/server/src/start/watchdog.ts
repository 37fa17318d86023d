import { Worker } from 'node:worker_threads'
import type { Log, Party, Watch } from '@callboard/core'
import { BEAT, beatsOf, type Guarded, type Named, NOBODY } from './heartbeat.ts'

/** Sees when the event loop stands still, and says whose code it is in, while it is. */
export interface Watchdog extends Watch {
  /** Begins to look; `log` is told if that is not possible. */
  readonly start: (log: Log) => void
  readonly stop: () => Promise<void>
}

// Node runs the sources as they are, and the build renames imports, but not names in a URL.
const WORKER = new URL(import.meta.url.endsWith('.ts') ? './watchdog-worker.ts' : './watchdog-worker.js', import.meta.url)
const MB = { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 32 }

/** `terminal`: what is said is read there. `beat`: milliseconds, for tests. */
export const createWatchdog = (terminal = process.stdout.isTTY, beat = BEAT): Watchdog => {
  const memory = new SharedArrayBuffer(8)
  const beats = beatsOf(memory)
  const numbers: Readonly<Record<Party, Map<string, number>>> = { plugin: new Map(), decision: new Map(), sink: new Map() }
  const names: Named[] = []
  let worker: Worker | undefined
  let timer: NodeJS.Timeout | undefined

  const number = (party: Party, name: string): number => {
    const named = { party, name }
    const next = names.push(named)
    numbers[party].set(name, next)
    worker?.postMessage(named)
    return next
  }

  return {
    enter: (party, name) => beats.enter(numbers[party].get(name) ?? number(party, name)),
    leave: () => beats.enter(NOBODY),
    start: (log) => {
      worker = new Worker(WORKER, { workerData: { memory, names, terminal, beat } satisfies Guarded, resourceLimits: MB })
      worker.once('error', (err) => log.warn({ err }, 'nobody looks any more whether the event loop stands still'))
      worker.unref()
      timer = setInterval(beats.beat, beat).unref()
    },
    stop: async () => {
      clearInterval(timer)
      await worker?.terminate()
    },
  }
}
