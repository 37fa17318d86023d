import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { appendRates } from './appends.ts'
import { coreAlone } from './core/section.ts'
import { deliveryRates } from './deliveries/section.ts'
import { drainTime } from './drain.ts'
import { flat } from './flat/section.ts'
import { compareHttp } from './http/section.ts'
import { machine } from './machine.ts'
import { Interrupted, inOwnDirectory } from './own-directory.ts'
import type { Part } from './run.ts'
import { startUp } from './start-up.ts'

// Everything that is measured, one part after the other. It prints what it finds, and no figure makes it fail.

const parts: Readonly<Record<string, Part>> = {
  http: compareHttp,
  core: coreAlone,
  appends: appendRates,
  deliveries: deliveryRates,
  drain: drainTime,
  flat,
  'start-up': startUp,
}

const { values: given } = parseArgs({
  options: {
    long: { type: 'boolean', default: false },
    huge: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '5' },
    only: { type: 'string', multiple: true },
    dir: { type: 'string', default: tmpdir() },
    out: { type: 'string', default: fileURLToPath(new URL('../RESULTS.md', import.meta.url)) },
  },
})
const { huge } = given
const long = given.long || huge
const chosen = Object.entries(parts).filter(([name]) => given.only?.includes(name) ?? true)
if (chosen.length === 0) throw new Error(`--only takes ${Object.keys(parts).join(', ')}`)

const began = performance.now()
const progress = (text: string) => process.stderr.write(`${((performance.now() - began) / 1_000).toFixed(0).padStart(4)} s  ${text}\n`)
const measured = async (dir: string): Promise<string> => {
  const lines = [
    '# What was measured',
    '',
    `Written by \`pnpm bench${huge ? ' --huge' : long ? ' --long' : ''}\` on ${new Date().toISOString().slice(0, 10)}.`,
    'Figures of one machine mean little on another, and a machine that others use as well gives rough ones: compare the ratios.',
    'The goals are our own; none of them fails a test.',
    '',
    ...machine(dir).map((line) => `- ${line}`),
    '',
  ]
  for (const [, measure] of chosen) lines.push(...(await measure({ long, huge, rounds: Number(given.rounds), dir, progress })))
  return `${lines.join('\n').trimEnd()}\n`
}
try {
  const text = await inOwnDirectory(given.dir, measured)
  process.stdout.write(text)
  await writeFile(given.out, text)
} catch (error) {
  if (!(error instanceof Interrupted)) throw error
  progress(error.message)
  process.exit(130)
}
