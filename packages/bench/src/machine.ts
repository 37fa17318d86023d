import { spawnSync } from 'node:child_process'
import { statfsSync } from 'node:fs'
import { cpus, loadavg, totalmem } from 'node:os'

const TMPFS = 0x01021994

const canPin = spawnSync('taskset', ['-c', '0', 'true']).status === 0

/** A command that runs on one core alone, where the machine can do that. A negative core counts from the last one. */
export const pinned = (core: number, command: readonly string[]): readonly string[] =>
  canPin && cpus().length > 1 ? ['taskset', '-c', String(core < 0 ? cpus().length + core : core), ...command] : command

/** The machine in lines for people. `dir`: where the journals lie. */
export const machine = (dir: string): readonly string[] => [
  `${cpus().length} cores, ${cpus()[0]?.model.trim() ?? 'unknown CPU'}, ${Math.round(totalmem() / 2 ** 30)} GB of memory`,
  `Node ${process.versions.node}, ${process.platform} ${process.arch}, load ${loadavg()[0]?.toFixed(1)} when it began`,
  canPin && cpus().length > 1
    ? 'other servers are pinned to the first core, the load generator to the last'
    : 'nothing is pinned: no taskset, or one core',
  ...(statfsSync(dir).type === TMPFS ? ['THE JOURNALS LIE IN MEMORY (tmpfs): a sync costs nothing there; use --dir'] : []),
]
