import { parentPort } from 'node:worker_threads'

// A worker that opens, and dies of the first thing it is asked.
parentPort?.on('message', () => {
  throw new Error('out of luck')
})
parentPort?.postMessage([{ number: 0, result: undefined }])
