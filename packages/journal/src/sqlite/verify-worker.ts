import { parentPort, workerData } from 'node:worker_threads'
import { type Trouble, troubleOf } from '../errors.ts'
import { inspect } from './integrity-check.ts'

/** What the thread of `verifyJournal` answers, once. */
export type Verdict = { readonly problems: readonly string[] } | { readonly trouble: Trouble }

const verdictOn = (path: string): Verdict => {
  try {
    return { problems: inspect(path) }
  } catch (error) {
    return { trouble: troubleOf(error) }
  }
}

parentPort?.postMessage(verdictOn(String(workerData)))
