import { parseArgs } from 'node:util'
import { failureCount } from './soak/check.ts'
import { soakEdge } from './soak/edge.ts'
import { soakHostile } from './soak/hostile.ts'
import { soakJournal } from './soak/journal.ts'

// Long measurements with limits. They print their figures, and fail if a limit is missed. They run by hand only.

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
  if (!soak) throw new Error(`unknown soak ${name}; use one of ${Object.keys(soaks).join(', ')}`)
  console.log(name)
  await soak()
}
process.exitCode = failureCount() > 0 ? 1 : 0
