import { statfsSync } from 'node:fs'
import { cpus, loadavg, totalmem } from 'node:os'
import { canPin } from '../process/pin.ts'

const TMPFS = 0x01021994

/** Describes the machine in lines. `dir` is the directory of the journals. */
export const describeMachine = (dir: string): readonly string[] => [
  `${cpus().length} cores, ${cpus()[0]?.model.trim() ?? 'unknown CPU'}, ${Math.round(totalmem() / 2 ** 30)} GB of memory`,
  `Node ${process.versions.node}, ${process.platform} ${process.arch}, load ${loadavg()[0]?.toFixed(1)} at the start`,
  canPin
    ? 'servers with one process and one thread are pinned to the first core, the load generator to the last'
    : 'nothing is pinned: no taskset, or one core',
  ...(statfsSync(dir).type === TMPFS ? ['THE JOURNALS LIE IN MEMORY (tmpfs), where a sync costs nothing; use --dir'] : []),
]
