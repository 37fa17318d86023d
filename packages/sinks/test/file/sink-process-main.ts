import { writeSync } from 'node:fs'
import { silentLog } from '@callboard/core'
import { file } from '@callboard/sinks'
import { delivery, neverAborted } from './file-sink-fixture.ts'

// This process runs one file sink, so that a test can trace or kill it. It writes events with the ids 0, 1, 2 and so on.
// `concurrency` writes run at the same time. The process repeats each write until the write succeeds.
// It prints `delivered <id>` or `failed <id> <code>` after each attempt.
const [options = '', count = '', concurrency = '', textBytes = ''] = process.argv.slice(2)
const writer = await file.configure(JSON.parse(options)).open({ name: 'audit', log: silentLog, now: Date.now, concurrency: 1 })
let nextId = 0

const deliver = async (id: string): Promise<void> => {
  try {
    await writer.write(delivery({ id, body: { text: 'x'.repeat(Number(textBytes)) } }), neverAborted())
    writeSync(1, `delivered ${id}\n`)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : error
    writeSync(1, `failed ${id} ${code}\n`)
    await deliver(id)
  }
}

const deliverRemaining = async () => {
  while (nextId < Number(count)) {
    nextId += 1
    await deliver(String(nextId - 1))
  }
}

await Promise.all(Array.from({ length: Number(concurrency) }, deliverRemaining))
await writer.close?.()
