import { sqlite } from '@callboard/journal'
import { anEvent } from './events.ts'

// A process that owns the journal at the given path. `append` appends without pause and prints each stored id. `hold` collects
// garbage for a while, prints `holding`, and waits until it is killed.

const [path = '', task] = process.argv.slice(2)
const journal = await sqlite({ path })

const append = async () => {
  for (let batch = 0; ; batch += 1) {
    const events = Array.from({ length: 20 }, (_, index) =>
      anEvent(`${batch}-${index}`, { dedupeKey: `${batch}-${index}`, sinks: ['a', 'b'] }),
    )
    const answers = await journal.append(events)
    process.stdout.write(`${answers.map(({ id }) => id).join(' ')}\n`)
  }
}

const hold = async () => {
  for (let round = 0; round < 20; round += 1) {
    globalThis.gc?.()
    await journal.append([anEvent(String(round), { raw: new Uint8Array(100_000) })])
  }
  console.log('holding')
  setInterval(() => globalThis.gc?.(), 5)
}

await (task === 'append' ? append() : hold())
