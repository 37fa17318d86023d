import { parseArgs } from 'node:util'
import { soakEdge } from './soak/edge.ts'
import { soakHostile } from './soak/hostile.ts'
import { soakJournal } from './soak/journal.ts'
import { broken } from './soak/verdict.ts'

// What takes too long for a test: it prints, and it fails. By hand only.

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    pending: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '7' },
    rate: { type: 'string', default: '400' },
  },
})
const options = { pending: Number(values.pending), rounds: Number(values.rounds), rate: Number(values.rate) }

const soaks: Readonly<Record<string, () => Promise<void>>> = {
  journal: () => soakJournal(options),
  edge: () => soakEdge(options),
  hostile: soakHostile,
}

for (const name of positionals.length > 0 ? positionals : ['journal']) {
  const soak = soaks[name]
  if (!soak) throw new Error(`there is no soak ${name}: there are ${Object.keys(soaks).join(', ')}`)
  console.log(name)
  await soak()
}
process.exitCode = broken() > 0 ? 1 : 0
