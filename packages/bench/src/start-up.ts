import { CALLBOARD, KOA, type Peer } from './peers/peers.ts'
import { cpuMsOf } from './process/cpu.ts'
import { figure, range, ratios, spreadOf } from './report/figures.ts'
import { atMost, verdict } from './report/goal.ts'
import { interleave } from './report/interleave.ts'
import type { Section } from './section.ts'

const GOAL = atMost(3, 6)

const cpuToReady = (dir: string) => async (peer: Peer) => {
  const { pids, stop } = await peer.start(dir)
  const used = cpuMsOf(pids)
  await stop()
  return used
}

/** Measures the CPU until the program accepts callbacks, compared with a bare koa. */
export const measureStartUp: Section = async ({ rounds, dir, progress }) => {
  progress('start-up')
  const [koa = [], callboard = []] = await interleave([KOA, CALLBOARD], rounds, cpuToReady(dir))
  const ratio = spreadOf(ratios(callboard, koa))
  return [
    '## Start to ready',
    '',
    'Milliseconds of CPU, all threads, until the server accepts callbacks.',
    '',
    '| | CPU ms | times koa |',
    '|---|---|---|',
    `| koa | ${range(spreadOf(koa))} | 1 |`,
    `| Callboard, empty SQLite journal | ${range(spreadOf(callboard))} | ${range(ratio)} |`,
    '',
    `- ${figure(ratio.median)} times koa: ${verdict(ratio.median, GOAL)}`,
    '',
  ]
}
