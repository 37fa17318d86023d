import { setTimeout as pause } from 'node:timers/promises'
import { runLoad } from '../http/round.ts'
import { type Program, startProgram } from '../process/program.ts'
import { createWorkDirectory, FILE_SINK } from '../process/work-directory.ts'
import { figure, median } from '../report/figures.ts'
import { atMost, verdict } from '../report/goal.ts'
import type { Run } from '../section.ts'

/** The resident memory of the program at one time. */
export interface Sample {
  /** Seconds since the load began. */
  readonly at: number
  readonly bytes: number
}

const WINDOW_SECONDS = 10
const SAMPLE_INTERVAL_MS = 1_000
const GOAL = atMost(1.1, 1.3)

/** Returns the median of the ten seconds before, because garbage collection moves single samples. */
export const memoryAt = (samples: readonly Sample[], second: number): number =>
  median(samples.filter(({ at }) => at > second - WINDOW_SECONDS && at <= second).map(({ bytes }) => bytes))

const samplesUnderLoad = async (program: Program, seconds: number): Promise<readonly Sample[]> => {
  const samples: Sample[] = []
  const from = performance.now()
  const sample = async () => {
    for (let at = 0; at < seconds; at = (performance.now() - from) / 1_000) {
      samples.push({ at, bytes: program.memory().now })
      await pause(SAMPLE_INTERVAL_MS)
    }
  }
  await Promise.all([runLoad({ url: program.callbackUrl }, { loop: 'closed', members: 3, connections: 64, seconds }), sample()])
  return samples
}

/** Compares the resident memory of the program late and early under load. Returns Markdown lines. */
export const measureMemory = async ({ huge, dir, progress }: Run): Promise<readonly string[]> => {
  const [early, late] = huge ? [60, 600] : [30, 120]
  progress(`memory, ${late} s of load`)
  const program = await startProgram(await createWorkDirectory(dir, { journal: 'sqlite', sinks: { only: FILE_SINK } }))
  try {
    const samples = await samplesUnderLoad(program, late)
    const [before, after] = [memoryAt(samples, early), memoryAt(samples, late)]
    const ratio = after / before
    return [
      '### Memory under load',
      '',
      'Resident memory of the process, the median of the ten seconds before.',
      '',
      '| after | MB |',
      '|---|---|',
      ...[`| ${early} s | ${figure(before / 2 ** 20)} |`, `| ${late} s | ${figure(after / 2 ** 20)} |`],
      '',
      `- ${figure(ratio)} times as much: ${verdict(ratio, GOAL)}`,
      '',
    ]
  } finally {
    await program.stop()
  }
}
