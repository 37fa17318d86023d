import { parseArgs } from 'node:util'
import { formatReport, runRounds } from './rounds.ts'

// `pnpm crash --rounds N --seed S` kills the built program N times. The seed decides the moments.

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '100' }, seed: { type: 'string' } } })
const whole = (name: string, text: string): number => {
  if (!/^\d{1,9}$/.test(text)) throw new Error(`--${name} takes a whole number, not '${text}'`)
  return Number(text)
}
const rounds = whole('rounds', values.rounds)
const seed = values.seed === undefined ? Date.now() % 1_000_000 : whole('seed', values.seed)

console.log(`seed ${seed}`)
const ledger = await runRounds(rounds, seed, console.log)
for (const problem of ledger.broken) console.log(problem)
console.log(formatReport(ledger))
process.exitCode = ledger.broken.length === 0 ? 0 : 1
