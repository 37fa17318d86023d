// Packs every public package and uses it as a user would: outside the workspace, installed by npm, on each supported Node.
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { lint } from './pack/lint.ts'
import { nodesIn } from './pack/nodes.ts'
import { inPairs, run } from './pack/run.ts'
import { example, project } from './pack/stage.ts'
import { packAll, type Tarball } from './pack/tarballs.ts'

const root = join(import.meta.dirname, '..')
const { devDependencies: ours } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
/** Returns the versions of these packages that the repository uses. */
const versions = (...names: readonly string[]) => Object.fromEntries(names.map((name) => [name, ours[name]]))

const step = async <A>(what: string, work: () => Promise<A>): Promise<A> => {
  const from = performance.now()
  const result = await work()
  console.log(`${what}: ${((performance.now() - from) / 1_000).toFixed(1)} s`)
  return result
}

/** Installs one of `.ci/pack/consumers`. */
const consumer = async (stage: string, name: string, json: Readonly<Record<string, unknown>>, tarballs: readonly Tarball[]) => {
  const directory = join(stage, name)
  cpSync(join(root, '.ci/pack/consumers', name), directory, { recursive: true })
  await project(directory, { private: true, ...json }, tarballs)
  return directory
}

/** Installs all packages in a strict TypeScript project that checks all declarations. */
const typescript = async (stage: string, tarballs: readonly Tarball[]): Promise<string> => {
  const all = Object.fromEntries(tarballs.map(({ name }) => [name, '*']))
  const dependencies = { ...all, koa: '^3.3.0', pino: '^10.4.0', ...versions('typescript', '@types/node') }
  return consumer(stage, 'typescript', { type: 'module', dependencies }, tarballs)
}

/** Installs the examples with their tests. The test runner is installed in the directory above. */
const examples = async (stage: string, tarballs: readonly Tarball[]): Promise<string> => {
  const into = join(stage, 'strangers')
  await project(into, { private: true, type: 'module', dependencies: versions('mocha', 'chai') }, [])
  mkdirSync(join(into, 'examples'))
  cpSync(join(root, 'examples/run-example.ts'), join(into, 'examples/run-example.ts'))
  const names = readdirSync(join(root, 'examples'), { withFileTypes: true }).filter((entry) => entry.isDirectory())
  await inPairs(names, ({ name }) => step(`  ${name}`, () => example(join(root, 'examples', name), join(into, 'examples', name), tarballs)))
  return into
}

const stage = await mkdtemp(join(tmpdir(), 'callboard-pack-'))
process.on('exit', () => rmSync(stage, { recursive: true, force: true }))
try {
  const tarballs = await step('packed', () => packAll(root, stage))
  await step('publint and attw report no problem', () => inPairs(tarballs, (tarball) => lint(root, tarball)))
  // Later installs use the npm cache of the first.
  const typed = await step('installed for TypeScript', () => typescript(stage, tarballs))
  await step('strict TypeScript compiles, declarations included', () =>
    run('node', ['node_modules/typescript/bin/tsc', '-p', '.'], { cwd: typed, node: dirname(process.execPath) }),
  )
  const required = await step('installed for CommonJS', () =>
    consumer(stage, 'commonjs', { dependencies: { '@callboard/core': '*' } }, tarballs),
  )
  const strangers = await step('installed the examples', () => examples(stage, tarballs))
  for (const { version, directory: node } of await step('installed an older Node', () => nodesIn(join(stage, 'node')))) {
    await step(`on Node ${version}: TypeScript's output runs`, () => run('node', ['dist/index.js'], { cwd: typed, node }))
    await step(`on Node ${version}: CommonJS runs`, () => run('node', ['index.cjs'], { cwd: required, node }))
    const mocha = [
      'node_modules/mocha/bin/mocha.js',
      '--fail-zero',
      '--timeout',
      '30000',
      '--reporter',
      'dot',
      'examples/*/test/**/*.test.ts',
    ]
    const passed = await step(`on Node ${version}: the examples pass their tests`, () => run('node', mocha, { cwd: strangers, node }))
    console.log(passed.trimEnd())
  }
  console.log(`${tarballs.length} packages are good to be published`)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
