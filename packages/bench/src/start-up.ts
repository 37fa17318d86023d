import { cpuOf } from './cpu.ts'
import { atMost, verdict } from './goal.ts'
import { CALLBOARD_SQLITE, type Contestant, contestants, KOA } from './http/contestants.ts'
import { interleaved } from './rounds.ts'
import type { Part } from './run.ts'
import { figure, range, ratios, spreadOf } from './spread.ts'

const GOAL = atMost(3, 6)

const named = (name: string): Contestant[] => contestants.filter((contestant) => contestant.name === name)

const cpuToReady = (dir: string) => async (contestant: Contestant) => {
  const { pids, stop } = await contestant.start(dir)
  const used = pids.reduce((sum, pid) => sum + cpuOf(pid), 0)
  await stop()
  return used
}

/** The CPU that it takes until callbacks are taken, against a bare koa. */
export const startUp: Part = async ({ rounds, dir, progress }) => {
  progress('start-up')
  const [koa = [], callboard = []] = await interleaved([...named(KOA), ...named(CALLBOARD_SQLITE)], rounds, cpuToReady(dir))
  const ratio = spreadOf(ratios(callboard, koa))
  return [
    '## Start to ready',
    '',
    'Milliseconds of CPU, all threads, until the first callback is taken.',
    '',
    '| | CPU ms | times koa |',
    '|---|---|---|',
    `| koa | ${range(spreadOf(koa))} | 1 |`,
    `| Callboard, SQLite journal, an empty one | ${range(spreadOf(callboard))} | ${range(ratio)} |`,
    '',
    `- ${figure(ratio.median)} times koa: ${verdict(ratio.median, GOAL)}`,
    '',
  ]
}
