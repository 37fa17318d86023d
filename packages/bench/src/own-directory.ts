import type { EventEmitter } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { endChildren } from './children.ts'

/** Somebody stopped the bench. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted'
}

/**
 * Runs a task in a directory of its own below `parent`. However it ends, by a signal as well, no child runs on and the directory is
 * gone; on a signal it rejects with Interrupted, and the task is not waited for.
 */
export const inOwnDirectory = async <T>(parent: string, task: (dir: string) => Promise<T>, signals: EventEmitter = process): Promise<T> => {
  const dir = await mkdtemp(join(parent, 'callboard-bench-'))
  let stop = (_: NodeJS.Signals) => {}
  const interrupted = new Promise<never>((_, reject) => {
    stop = (signal) => reject(new Interrupted(`stopped by ${signal}`))
  })
  // Once: who asks a second time does not want to wait.
  signals.once('SIGINT', stop).once('SIGTERM', stop)
  try {
    return await Promise.race([task(dir), interrupted])
  } finally {
    await endChildren()
    await rm(dir, { recursive: true, force: true, maxRetries: 5 })
    signals.off('SIGINT', stop).off('SIGTERM', stop)
  }
}
