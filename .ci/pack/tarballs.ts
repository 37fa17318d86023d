import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { inPairs, run } from './run.ts'

/** A packed package. */
export interface Tarball {
  readonly name: string
  /** The path of its tarball. */
  readonly path: string
}

/** Returns the pnpm that runs this script, or the pinned one. */
const pnpm = (root: string): readonly [command: string, ...args: string[]] => {
  const { npm_execpath: running = '' } = process.env
  if (/pnpm[^/\\]*$/.test(running)) return /js$/.test(running) ? [process.execPath, running] : [running]
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  return ['npx', '-y', String(packageManager).replace(/\+.*/, '')]
}

/** Packs all public packages. */
export const packAll = (root: string, into: string): Promise<readonly Tarball[]> => {
  const [command, ...args] = pnpm(root)
  const packages = readdirSync(join(root, 'packages'))
    .map((folder) => join(root, 'packages', folder))
    .map((directory) => ({ directory, json: JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) }))
    .filter(({ json }) => json.private !== true)
  return inPairs(packages, async ({ directory, json: { name } }) => {
    const packed = await run(command, [...args, 'pack', '--json', '--pack-destination', into], { cwd: directory })
    return { name, path: JSON.parse(packed).filename }
  })
}
