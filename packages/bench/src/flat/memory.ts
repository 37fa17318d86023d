import { setTimeout as pause } from 'node:timers/promises'
import { FILE_SINK, place } from '../configuration.ts'
import { atMost, verdict } from '../goal.ts'
import { blasted } from '../http/round.ts'
import { median } from '../load.ts'
import { type Program, startProgram } from '../program.ts'
import type { Run } from '../run.ts'
import { figure } from '../spread.ts'

/** What the program took at a moment. */
export interface Sample {
  /** Seconds since the load began. */
  readonly at: number
  readonly bytes: number
}

const AROUND = 10
const LOOK_EVERY = 1_000
const GOAL = atMost(1.1, 1.3)

/** The median of the ten seconds before: garbage comes and goes. */
export const memoryAt = (samples: readonly Sample[], second: number): number =>
  median(samples.filter(({ at }) => at > second - AROUND && at <= second).map(({ bytes }) => bytes))

const samplesUnderLoad = async (program: Program, seconds: number): Promise<readonly Sample[]> => {
  const samples: Sample[] = []
  const from = performance.now()
  const running = { url: program.callbackUrl, pids: [program.pid], stop: program.stop }
  const sample = async () => {
    for (let at = 0; at < seconds; at = (performance.now() - from) / 1_000) {
      samples.push({ at, bytes: program.memory().now })
      await pause(LOOK_EVERY)
    }
  }
  await Promise.all([blasted(running, { members: 3, connections: 64, seconds }), sample()])
  return samples
}

/** Resident memory of the program late under load, against early; Markdown, a line each. */
export const memoryUnderLoad = async ({ huge, dir, progress }: Run): Promise<readonly string[]> => {
  const [early, late] = huge ? [60, 600] : [30, 120]
  progress(`memory, ${late} s of load`)
  const program = await startProgram(await place(dir, { journal: 'sqlite', sinks: { only: FILE_SINK } }))
  try {
    const samples = await samplesUnderLoad(program, late)
    const [before, after] = [memoryAt(samples, early), memoryAt(samples, late)]
    const ratio = after / before
    return [
      '### Memory under load',
      '',
      'Resident, all threads, the median of the ten seconds before.',
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
