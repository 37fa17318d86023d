import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { measureAppends } from './appends.ts'
import { measureCore } from './core/section.ts'
import { measureDecisions } from './decisions/section.ts'
import { measureDeliveries } from './deliveries/section.ts'
import { measureDrains } from './drain/section.ts'
import { measureGrowth } from './growth/section.ts'
import { measureHttp } from './http/section.ts'
import { measureKeys } from './keys/section.ts'
import { loadEarlierBuild, THIS_BUILD } from './process/build.ts'
import { Interrupted, withTemporaryDirectory } from './process/temporary-directory.ts'
import { describeMachine } from './report/machine.ts'
import type { Section } from './section.ts'
import { measureStartUp } from './start-up.ts'

// The command `pnpm bench`. It prints a report, and no figure makes it fail.

const SECTIONS: Readonly<Record<string, Section>> = {
  http: measureHttp,
  decisions: measureDecisions,
  keys: measureKeys,
  core: measureCore,
  appends: measureAppends,
  deliveries: measureDeliveries,
  drain: measureDrains,
  growth: measureGrowth,
  'start-up': measureStartUp,
}

const { values } = parseArgs({
  options: {
    growth: { type: 'boolean', default: false },
    huge: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '3' },
    before: { type: 'string' },
    only: { type: 'string', multiple: true },
    dir: { type: 'string', default: tmpdir() },
    out: { type: 'string', default: fileURLToPath(new URL('../RESULTS.md', import.meta.url)) },
  },
})
const { huge } = values
const growth = values.growth || huge
const selected = Object.entries(SECTIONS).filter(([name]) => values.only?.includes(name) ?? true)
if (selected.length === 0) throw new Error(`unknown section; --only takes ${Object.keys(SECTIONS).join(', ')}`)

const builds = [THIS_BUILD, ...(values.before === undefined ? [] : [await loadEarlierBuild(values.before)])]
const beganAt = performance.now()
const progress = (text: string) => process.stderr.write(`${((performance.now() - beganAt) / 1_000).toFixed(0).padStart(4)} s  ${text}\n`)
const report = async (dir: string): Promise<string> => {
  const lines = [
    '# Results of the bench',
    '',
    `Written by \`pnpm bench${huge ? ' --huge' : growth ? ' --growth' : ''}\` on ${new Date().toISOString().slice(0, 10)}.`,
    'Compare the ratios: the figures of one machine mean little on another, and other programs on the machine disturb them.',
    'The goals are our own. None of them makes a test fail.',
    '',
    ...describeMachine(dir).map((line) => `- ${line}`),
    '',
    ...(values.before === undefined ? [] : ['- *Callboard before* is an earlier build, measured in turns with this one', '']),
  ]
  for (const [, measure] of selected) lines.push(...(await measure({ growth, huge, rounds: Number(values.rounds), builds, dir, progress })))
  return `${lines.join('\n').trimEnd()}\n`
}
try {
  const text = await withTemporaryDirectory(values.dir, report)
  process.stdout.write(text)
  await writeFile(values.out, text)
} catch (error) {
  if (!(error instanceof Interrupted)) throw error
  progress(error.message)
  process.exit(130)
}
