import { parentPort, workerData } from 'node:worker_threads'
import { checkIntegrity } from './integrity-check.ts'
import { type SerializedError, serializeError } from './serialize-error.ts'

/** The only message of the worker of `verifyJournal`. */
export type VerifyResult = { readonly problems: readonly string[] } | { readonly error: SerializedError }

const verify = (path: string): VerifyResult => {
  try {
    return { problems: checkIntegrity(path) }
  } catch (error) {
    return { error: serializeError(error) }
  }
}

parentPort?.postMessage(verify(String(workerData)))
