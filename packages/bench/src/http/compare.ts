import { cpuOf, untilQuiet } from '../cpu.ts'
import { interleaved } from '../rounds.ts'
import { moduleOn, start } from '../spawned.ts'
import type { Blast, Blasted } from './blast.ts'
import type { Contestant, Running } from './contestants.ts'

/** How the servers are loaded. */
export interface Load {
  readonly members: number
  readonly connections: number
  readonly rounds: number
  readonly seconds: number
}

/** One round of one server. */
export interface Round extends Blasted {
  /** Microseconds of CPU for each callback, until nothing was left to do. */
  readonly cpu: number
  /** Milliseconds after the load until nothing was left to do. */
  readonly rest: number
}

const WARM_UP_SECONDS = 2

const totalCpu = (pids: readonly number[]): number => pids.reduce((sum, pid) => sum + cpuOf(pid), 0)

/** Loads all servers in turns; gives the rounds of each. */
export const compare = async (
  servers: readonly Contestant[],
  { members, connections, rounds, seconds }: Load,
  dir: string,
  progress: (text: string) => void,
): Promise<readonly (readonly Round[])[]> => {
  let from = 0
  const blast = async ({ url, pids, hubSecret }: Running, forSeconds: number): Promise<Round> => {
    const before = totalCpu(pids)
    const argument: Blast = { to: url, members, connections, seconds: forSeconds, from, hubSecret }
    const blasted: Blasted = JSON.parse(await start(moduleOn(-1, './blast.js', import.meta.url, argument)).output)
    from += blasted.answered + connections
    const rest = await untilQuiet(pids)
    return { ...blasted, cpu: ((totalCpu(pids) - before) * 1_000) / blasted.answered, rest }
  }

  const running: Running[] = []
  try {
    for (const { name, start: run } of servers) {
      progress(`${name}: starting and warming up`)
      const server = await run(dir)
      running.push(server)
      await blast(server, WARM_UP_SECONDS)
    }
    return await interleaved(running, rounds, async (server, round) => {
      progress(`round ${round + 1} of ${rounds}: ${servers[running.indexOf(server)]?.name}`)
      return blast(server, seconds)
    })
  } finally {
    await Promise.all(running.map((server) => server.stop()))
  }
}
