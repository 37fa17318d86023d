import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Goal } from '../goal.ts'
import { compare, type Loaded } from '../http/compare.ts'
import type { Run } from '../run.ts'
import { growthTable } from './table.ts'

/** Something that grows, and should cost an answer nothing. */
export interface Growth {
  readonly what: string
  /** The least of it first. */
  readonly stages: readonly Loaded[]
  /** For the p99 of each stage, in times that of the first; without it the figures are only told. */
  readonly goal?: Goal
}

/** Runs the program at each stage, loads them in turns; Markdown, a line each. */
export const grown = async ({ what, stages, goal }: Growth, { rounds, dir, progress }: Run): Promise<readonly string[]> => {
  const own = await mkdtemp(join(dir, 'flat-'))
  try {
    const results = await compare(stages, rounds, own, progress)
    return [`### ${what}`, '', ...growthTable(stages, results, goal), '']
  } finally {
    await rm(own, { recursive: true, force: true })
  }
}
