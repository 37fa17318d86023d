import { cpuOf, untilQuiet } from '../cpu.ts'
import { moduleOn, start } from '../spawned.ts'
import type { Blast, Blasted } from './blast.ts'
import type { Running } from './contestants.ts'

/** One round of one server. */
export interface Round extends Blasted {
  /** Microseconds of CPU for each callback, until nothing was left to do. */
  readonly cpu: number
  /** Milliseconds after the load until nothing was left to do. */
  readonly rest: number
}

/** What a server is loaded with in a round. */
export type RoundLoad = Pick<Blast, 'members' | 'connections' | 'seconds'>

const totalCpu = (pids: readonly number[]): number => pids.reduce((sum, pid) => sum + cpuOf(pid), 0)

// No two callbacks of a run are alike.
let from = 0

/** The load alone, from another process. */
export const blasted = async ({ url, hubSecret }: Running, load: RoundLoad): Promise<Blasted> => {
  const argument: Blast = { to: url, from, hubSecret, ...load }
  const result: Blasted = JSON.parse(await start(moduleOn(-1, './blast.js', import.meta.url, argument)).output)
  from += result.answered + load.connections
  return result
}

/** Loads a server, and waits until it has nothing left to do. */
export const roundOf = async (server: Running, load: RoundLoad): Promise<Round> => {
  const before = totalCpu(server.pids)
  const result = await blasted(server, load)
  const rest = await untilQuiet(server.pids)
  return { ...result, cpu: ((totalCpu(server.pids) - before) * 1_000) / result.answered, rest }
}
