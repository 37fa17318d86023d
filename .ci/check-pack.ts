// Packs every public package and uses them as a stranger would: outside the workspace, installed by plain npm.
import { cpSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { lint } from './pack/lint.ts'
import { inPairs, run } from './pack/run.ts'
import { example, project } from './pack/stage.ts'
import { packAll, type Tarball } from './pack/tarballs.ts'

const root = join(import.meta.dirname, '..')
const { devDependencies: ours } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

const step = async <A>(what: string, work: () => Promise<A>): Promise<A> => {
  const from = performance.now()
  const result = await work()
  console.log(`${what}: ${((performance.now() - from) / 1_000).toFixed(1)} s`)
  return result
}

/** The versions of these that the repository itself uses. */
const versions = (...names: readonly string[]) => Object.fromEntries(names.map((name) => [name, ours[name]]))
const all = (tarballs: readonly Tarball[]) => Object.fromEntries(tarballs.map(({ name }) => [name, '*']))

/** Every package at once, in strict TypeScript that also checks all declarations, and then run. */
const typescript = async (stage: string, tarballs: readonly Tarball[]): Promise<void> => {
  const directory = join(stage, 'typescript')
  cpSync(join(root, '.ci/pack/consumers/typescript'), directory, { recursive: true })
  const dependencies = { ...all(tarballs), koa: '^3.3.0', ...versions('typescript', '@types/node') }
  await project(directory, { private: true, type: 'module', dependencies }, tarballs)
  await run(join(directory, 'node_modules/.bin/tsc'), ['-p', '.'], directory)
  await run(process.execPath, ['dist/index.js'], directory)
}

const commonjs = async (stage: string, tarballs: readonly Tarball[]): Promise<void> => {
  const directory = join(stage, 'commonjs')
  cpSync(join(root, '.ci/pack/consumers/commonjs'), directory, { recursive: true })
  await project(directory, { private: true, dependencies: { '@callboard/core': '*' } }, tarballs)
  await run(process.execPath, ['index.cjs'], directory)
}

/** The examples with their own tests; what runs the tests is installed above them, and nothing else. */
const examples = async (stage: string, tarballs: readonly Tarball[]): Promise<void> => {
  const into = join(stage, 'strangers')
  await project(into, { private: true, type: 'module', dependencies: versions('mocha', 'chai') }, [])
  mkdirSync(join(into, 'examples'))
  cpSync(join(root, 'examples/running.ts'), join(into, 'examples/running.ts'))
  const names = readdirSync(join(root, 'examples'), { withFileTypes: true }).filter((entry) => entry.isDirectory())
  await inPairs(names, ({ name }) => example(join(root, 'examples', name), join(into, 'examples', name), tarballs))
  const mocha = join(into, 'node_modules/mocha/bin/mocha.js')
  console.log(
    await run(process.execPath, [mocha, '--fail-zero', '--timeout', '30000', '--reporter', 'dot', 'examples/*/test/**/*.test.ts'], into),
  )
}

const stage = await mkdtemp(join(tmpdir(), 'callboard-pack-'))
try {
  const tarballs = await step('packed', () => packAll(root, stage))
  await step('publint and attw have nothing to say', () => inPairs(tarballs, (tarball) => lint(root, tarball)))
  await step('a strict TypeScript consumer compiles and runs', () => typescript(stage, tarballs))
  await step('a CommonJS consumer runs', () => commonjs(stage, tarballs))
  await step('the examples pass their tests', () => examples(stage, tarballs))
  console.log(`${tarballs.length} packages are good to be published`)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
} finally {
  await rm(stage, { recursive: true, force: true })
}
