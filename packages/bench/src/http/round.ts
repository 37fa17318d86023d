import type { GeneratorInput, Load, LoadResult } from '../load/load.ts'
import type { RunningServer } from '../peers/peers.ts'
import { moduleCommand, startChild } from '../process/child-process.ts'
import { cpuMsOf, untilIdle } from '../process/cpu.ts'

/** One load on one server. */
export interface Round extends LoadResult {
  /** Microseconds of CPU per callback, of all threads and processes, until the server was idle. */
  readonly cpu: number
  /** Milliseconds from the end of the load until the server was idle. */
  readonly finishMs: number
}

// No two callbacks of a run are equal.
let nextBody = 0

/** Runs a load from another process. */
export const runLoad = async ({ url, hubSecret }: Pick<RunningServer, 'url' | 'hubSecret'>, load: Load): Promise<LoadResult> => {
  const input: GeneratorInput = { to: url, from: nextBody, ...(hubSecret !== undefined && { hubSecret }), ...load }
  const result: LoadResult = JSON.parse(await startChild(moduleCommand('last', '../load/generator.js', import.meta.url, input)).output)
  nextBody += result.answered + load.connections
  return result
}

/** Runs a load on a server, and waits until the server is idle. */
export const runRound = async (server: RunningServer, load: Load): Promise<Round> => {
  const before = cpuMsOf(server.pids)
  const result = await runLoad(server, load)
  const finishMs = await untilIdle(server.pids)
  return { ...result, cpu: ((cpuMsOf(server.pids) - before) * 1_000) / result.answered, finishMs }
}
