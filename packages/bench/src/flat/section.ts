import type { Part } from '../run.ts'
import { grown } from './growth.ts'
import { growths } from './growths.ts'
import { memoryUnderLoad } from './memory.ts'

/** What a callback costs when other things grow. */
export const flat: Part = async (run) => {
  const lines = ['## When things grow', '']
  if (!run.long) return [...lines, 'Left out: `--long` includes it.', '']
  lines.push('The program with a SQLite journal and a file sink; loads in turns, closed loop, round by round against the first row.', '')
  for (const growth of growths(run)) {
    run.progress(growth.what)
    lines.push(...(await grown(growth, run)))
  }
  return [...lines, ...(await memoryUnderLoad(run))]
}
