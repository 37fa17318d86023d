import type { EventEmitter } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { killChildren } from './children.ts'

/** A signal stopped the bench. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted'
}

/**
 * Runs a task in a temporary directory below `parent`. At its end, also after a signal, all children are killed and the directory is
 * deleted. Rejects with Interrupted on a signal, without waiting for the task.
 */
export const withTemporaryDirectory = async <T>(
  parent: string,
  task: (dir: string) => Promise<T>,
  signals: EventEmitter = process,
): Promise<T> => {
  const dir = await mkdtemp(join(parent, 'callboard-bench-'))
  let stop = (_: NodeJS.Signals) => {}
  const interrupted = new Promise<never>((_, reject) => {
    stop = (signal) => reject(new Interrupted(`stopped by ${signal}`))
  })
  // Once, so that a second signal ends the bench at once.
  signals.once('SIGINT', stop).once('SIGTERM', stop)
  try {
    return await Promise.race([task(dir), interrupted])
  } finally {
    await killChildren()
    await rm(dir, { recursive: true, force: true, maxRetries: 5 })
    signals.off('SIGINT', stop).off('SIGTERM', stop)
  }
}
