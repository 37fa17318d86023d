import { Worker } from 'node:worker_threads'
import { errorOf } from './error-transfer.ts'
import type { Verdict } from './verify-worker.ts'

// Node runs the sources as they are, and the build renames imports, but not names in a URL.
const WORKER = new URL(import.meta.url.endsWith('.ts') ? './verify-worker.ts' : './verify-worker.js', import.meta.url)

/**
 * Looks through the whole journal at `path`, beside its owner or alone, and gives what is wrong, a line each; nothing where it is
 * sound. It does so in a thread and on a connection of its own, a few seconds for a million events. Meanwhile the log beside the
 * journal grows by what its owner writes; it is cut again afterwards.
 *
 * A bit that flips without harming the structure of the file is found in whatever is indexed or counted (ids, keys, states,
 * places), and not in what is only kept: bodies, the JSON beside them, moments, errors, what duplicates are known by. They carry no
 * checksum.
 *
 * Rejects as `openReader` throws where there is no journal to look at.
 */
export const verifyJournal = (path: string): Promise<readonly string[]> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(WORKER, { workerData: path })
    worker.once('message', (verdict: Verdict) => {
      if ('trouble' in verdict) reject(errorOf(verdict.trouble))
      else resolve(verdict.problems)
    })
    worker.once('error', reject)
    // After an answer this says nothing any more.
    worker.once('exit', (code) => reject(new Error(`the thread that looks through the journal has ended: exit code ${code}`)))
  })
