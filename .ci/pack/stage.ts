import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from './run.ts'
import type { Tarball } from './tarballs.ts'

type Dependencies = Readonly<Record<string, string>>

/** Returns a package.json that takes our packages from the tarballs, also for dependencies of dependencies. */
const packed = (json: Readonly<Record<string, unknown>>, tarballs: readonly Tarball[]): string => {
  const overrides: Dependencies = Object.fromEntries(tarballs.map(({ name, path }) => [name, `file:${path}`]))
  const replaced = (given: unknown): Dependencies =>
    Object.fromEntries(Object.entries(given ?? {}).map(([name, range]) => [name, overrides[name] ?? String(range)]))
  const { dependencies, devDependencies } = json
  return JSON.stringify({ ...json, dependencies: replaced(dependencies), devDependencies: replaced(devDependencies), overrides }, null, 2)
}

// Fetches are logged, and a registry that does not answer fails before the timeout.
const FLAGS = [
  '--no-audit',
  '--no-fund',
  '--no-update-notifier',
  '--no-progress',
  '--loglevel=http',
  '--fetch-timeout=60000',
  '--fetch-retries=1',
]
const install = (directory: string): Promise<string> => run('npm', ['install', '--prefer-offline', ...FLAGS], { cwd: directory })

/** Installs these dependencies with npm in a directory of their own. */
export const project = async (directory: string, json: Readonly<Record<string, unknown>>, tarballs: readonly Tarball[]): Promise<void> => {
  await mkdir(directory, { recursive: true })
  await writeFile(join(directory, 'package.json'), packed(json, tarballs))
  await install(directory)
}

/** Copies an example without its node_modules and installs it with npm. */
export const example = async (from: string, to: string, tarballs: readonly Tarball[]): Promise<void> => {
  await mkdir(to, { recursive: true })
  const own = (await readdir(from)).filter((name) => name !== 'node_modules' && name !== 'data')
  for (const name of own) await cp(join(from, name), join(to, name), { recursive: true })
  await project(to, JSON.parse(await readFile(join(from, 'package.json'), 'utf8')), tarballs)
}
