import { parentPort } from 'node:worker_threads'

// A worker that opens, and fails on its first request.
parentPort?.on('message', () => {
  throw new Error('failed on purpose')
})
parentPort?.postMessage([{ requestId: 0, result: undefined }])
