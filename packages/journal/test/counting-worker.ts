import { parentPort } from 'node:worker_threads'
import type { RequestBatch } from '../src/sqlite/worker-protocol.ts'

// A worker of the journal that answers each request with the verbs of its message.
parentPort?.on('message', ({ requests }: RequestBatch) => {
  const verbs = requests.map(({ request }) => request.verb)
  parentPort?.postMessage(requests.map(({ requestId }) => ({ requestId, result: verbs })))
  if (verbs.includes('close')) parentPort?.close()
})
parentPort?.postMessage([{ requestId: 0, result: undefined }])
