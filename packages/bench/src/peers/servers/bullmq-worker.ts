import { appendFile } from 'node:fs/promises'
import { Worker } from 'bullmq'

// The worker of the queue: it appends each job to a file without a sync, and acknowledges it. The argument has the port of Redis and the file.

const CONCURRENCY = 64

const { port, file } = JSON.parse(process.argv[2] ?? '{}')
const worker = new Worker('callbacks', (job) => appendFile(file, `${JSON.stringify(job.data)}\n`), {
  connection: { host: '127.0.0.1', port },
  concurrency: CONCURRENCY,
})
await worker.waitUntilReady()
process.stdout.write('ready\n')
process.on('SIGTERM', () => process.exit(0))
