import { writeSync } from 'node:fs'
import { silentLog } from '@callboard/core'
import { file } from '@callboard/sinks'
import { delivery, live } from './sink.ts'

// A process with a file sink and nothing else, for tests that trace or kill it. It writes events 0, 1, 2 … `together` at a time,
// each as often as it takes, and says of every attempt what became of it.
const [options = '', count = '', together = '', size = ''] = process.argv.slice(2)
const open = await file.configure(JSON.parse(options)).open({ name: 'audit', log: silentLog, now: Date.now, concurrency: 1 })
let next = 0

const deliver = async (id: string): Promise<void> => {
  try {
    await open.write(delivery({ id, body: { text: 'x'.repeat(Number(size)) } }), live())
    writeSync(1, `delivered ${id}\n`)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : error
    writeSync(1, `failed ${id} ${code}\n`)
    await deliver(id)
  }
}

const some = async () => {
  while (next < Number(count)) {
    next += 1
    await deliver(String(next - 1))
  }
}

await Promise.all(Array.from({ length: Number(together) }, some))
await open.close?.()
