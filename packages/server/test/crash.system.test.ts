import { expect } from 'chai'
import { formatReport, runRounds } from './crash/rounds.ts'

// `pnpm crash --rounds N --seed S` runs more rounds.
const ROUNDS = 24
const SEED = 20_261_101

describe('kill -9 of the built program', () => {
  it('loses no event that was answered OK, keeps the order of each key, and repeats an event only under its id [F01]', async function () {
    this.timeout(600_000)
    const rounds: string[] = []
    const ledger = await runRounds(ROUNDS, SEED, (line) => rounds.push(line)).catch((error: unknown) => {
      throw new Error(`seed ${SEED}, after\n${rounds.join('\n')}`, { cause: error })
    })
    console.log(`      ${formatReport(ledger)}`)
    expect(ledger.broken).to.deep.equal([])
    expect(ledger.stored).to.equal(ledger.sent)
    expect(ledger.answeredOk).to.be.above(ROUNDS)
    expect(ledger.duplicates).to.be.above(0)
  })
})
