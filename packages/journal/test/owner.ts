import { sqlite } from '@callboard/journal'
import { anEvent } from './events.ts'

// A process of its own that owns the journal at the given path: `append` appends as fast as it can and prints each id that is on
// the disk; `hold` collects garbage for a while, says so, and waits for its end.

const [path = '', what] = process.argv.slice(2)
const journal = await sqlite({ path })

const append = async () => {
  for (let batch = 0; ; batch += 1) {
    const events = Array.from({ length: 20 }, (_, place) =>
      anEvent(`${batch}-${place}`, { dedupeKey: `${batch}-${place}`, sinks: ['a', 'b'] }),
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

await (what === 'append' ? append() : hold())
