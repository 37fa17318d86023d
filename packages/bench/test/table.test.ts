import { expect } from 'chai'
import { httpVerdicts } from '../src/http/goals.ts'
import type { Round } from '../src/http/round.ts'
import { httpTable, isDisturbed } from '../src/http/table.ts'
import { ALL_PEERS, BULLMQ_WORKER, BY_HAND, CALLBOARD, KOA_BODYPARSER, MAIN_PEERS, type Peer } from '../src/peers/peers.ts'

const round = (change: Partial<Round> = {}): Round => ({
  answered: 1_000,
  unanswered: 0,
  perSecond: 5_000,
  p50: 1,
  p99: 2,
  generator: 0.5,
  cpu: 100,
  finishMs: 0,
  ...change,
})
const rounds = (...changes: readonly Partial<Round>[]) => changes.map(round)
const rowOf = (rows: readonly string[], peer: Peer) => rows.find((row) => row.startsWith(`| ${peer.name} `))

describe('httpTable', () => {
  it('says of each row whether the server does the same work or less', () => {
    const rows = httpTable(ALL_PEERS.map((peer) => ({ peer, rounds: rounds({}, {}) })))
    for (const peer of ALL_PEERS) expect(rowOf(rows, peer)).to.contain(`| ${peer.name} | ${peer.work} |`)
    expect(MAIN_PEERS.map(({ work }) => work)).to.deep.equal(['less', 'same', 'same', 'same', 'limit'])
  })

  it('compares the CPU with that of Callboard round by round', () => {
    const rows = httpTable([
      { peer: BULLMQ_WORKER, rounds: rounds({ cpu: 200 }, { cpu: 220 }, { cpu: 240 }) },
      { peer: CALLBOARD, rounds: rounds({ cpu: 100 }, { cpu: 110 }, { cpu: 60 }) },
    ])
    expect(rowOf(rows, BULLMQ_WORKER)).to.contain('| 220 (200–240) | 2 (2–4) |')
  })

  it('marks a row as disturbed if its CPU moves by more than a quarter between rounds', () => {
    expect(isDisturbed(rounds({ cpu: 100 }, { cpu: 125 }))).to.equal(false)
    expect(isDisturbed(rounds({ cpu: 100 }, { cpu: 126 }))).to.equal(true)
    const rows = httpTable([{ peer: CALLBOARD, rounds: rounds({ cpu: 100 }, { cpu: 126 }) }])
    expect(rows.at(-1)).to.match(/^\| Callboard \(disturbed\) \|/)
  })

  it('marks a saturated load generator, and a server that does not keep up', () => {
    const rows = httpTable([
      { peer: KOA_BODYPARSER, rounds: rounds({ generator: 0.99 }) },
      { peer: BY_HAND, rounds: rounds({ answered: 900, unanswered: 100 }) },
      { peer: CALLBOARD, rounds: rounds({}) },
    ])
    expect(rowOf(rows, KOA_BODYPARSER)).to.contain('| 5 000 † |')
    expect(rowOf(rows, BY_HAND)).to.contain('| 5 000 ‡ |')
    expect(rowOf(rows, CALLBOARD)).to.contain('| 5 000 |')
  })
})

describe('httpVerdicts', () => {
  it('compares CPU, rate and p99 with their goals, each in the direction in which more is better', () => {
    const results = new Map<Peer, readonly Round[]>([
      [CALLBOARD, rounds({ cpu: 100, perSecond: 5_000, p99: 10 })],
      [BULLMQ_WORKER, rounds({ cpu: 250, p99: 20 })],
      [BY_HAND, rounds({ perSecond: 500 })],
      [KOA_BODYPARSER, rounds({ cpu: 40 })],
    ])
    const verdicts = (load: Parameters<typeof httpVerdicts>[0]) => httpVerdicts(load, (peer) => results.get(peer))
    expect(verdicts('closed64')).to.deep.equal([
      '- fastify + BullMQ + worker uses 2.5 times the CPU of Callboard: goal ≥ 3.5, floor ≥ 2: floor reached, goal missed',
      '- koa + koa-bodyparser uses 0.4 times the CPU of Callboard: goal ≥ 0.65, floor ≥ 0.45: FLOOR MISSED',
      '- Callboard answers 10 times as many as koa + SQLite by hand: goal ≥ 15, floor ≥ 10: floor reached, goal missed',
    ])
    expect(verdicts('open500')).to.deep.equal([
      '- the p99 of Callboard is 0.5 times that of fastify + BullMQ + worker: goal ≤ 0.7, floor ≤ 1: reached',
    ])
  })

  it('leaves out a peer that was not measured', () => {
    expect(httpVerdicts('closed16', (peer) => (peer === CALLBOARD ? rounds({}) : undefined))).to.deep.equal([])
  })
})
