import { Worker } from 'node:worker_threads'
import { deserializeError } from './deserialize-error.ts'
import type { VerifyResult } from './verify-worker.ts'

// Node runs the sources as they are. The build renames imports, but not the file names in a URL.
const WORKER = new URL(import.meta.url.endsWith('.ts') ? './verify-worker.ts' : './verify-worker.js', import.meta.url)

/**
 * Checks the whole journal at `path`, whether it has an owner or not. Resolves with its problems, one line each; an empty list
 * means that the journal is OK. The check runs in a thread of its own, and takes a few seconds for a million events. Meanwhile
 * the write-ahead log of the journal grows by everything that its owner writes; it is truncated afterwards.
 *
 * A flipped bit is found in the structure of the file, and in what is indexed or counted: ids, keys, states, positions. It is not
 * found in what is only stored, since that has no checksum: bodies, the JSON beside them, times, errors, hashes of dedupe keys.
 *
 * Rejects with the errors of `openReader` when there is no journal to check.
 */
export const verifyJournal = (path: string): Promise<readonly string[]> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(WORKER, { workerData: path })
    worker.once('message', (result: VerifyResult) => {
      if ('error' in result) reject(deserializeError(result.error))
      else resolve(result.problems)
    })
    worker.once('error', reject)
    // After a message this has no effect.
    worker.once('exit', (code) => reject(new Error(`cannot check the journal: the worker ended with exit code ${code}`)))
  })
