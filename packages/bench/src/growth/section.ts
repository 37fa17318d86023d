import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { measureInTurns, startWarm } from '../http/measure.ts'
import type { Load } from '../load/load.ts'
import type { Run, Section } from '../section.ts'
import { measureMemory } from './memory.ts'
import { growthSeries, type Series } from './series.ts'
import { growthTable } from './table.ts'

const WARM_UP: Load = { loop: 'closed', connections: 64, count: 30_000, members: 3 }

const measureSeries = async ({ what, stages, goal }: Series, { rounds, dir, progress }: Run): Promise<readonly string[]> => {
  progress(what)
  const own = await mkdtemp(join(dir, 'growth-'))
  try {
    const { servers, stop } = await startWarm(stages, own, progress, WARM_UP)
    try {
      const loaded = servers.flatMap((server, index) => {
        const stage = stages[index]
        return stage ? [{ server, load: stage.load }] : []
      })
      const results = await measureInTurns(loaded, rounds, progress)
      return [`### ${what}`, '', ...growthTable(stages, results, goal), '']
    } finally {
      await stop()
    }
  } finally {
    await rm(own, { recursive: true, force: true })
  }
}

/** Measures what a callback costs when other things grow. */
export const measureGrowth: Section = async (run) => {
  const lines = ['## When things grow', '']
  if (!run.growth) return [...lines, 'Not measured: use `--growth`.', '']
  lines.push(
    'The program with a SQLite journal and a file sink, in a closed loop. Each row is compared with the first row, round by round.',
    '',
  )
  for (const series of growthSeries(run)) lines.push(...(await measureSeries(series, run)))
  return [...lines, ...(await measureMemory(run))]
}
