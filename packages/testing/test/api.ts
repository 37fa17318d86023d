import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Exported, exportedBy } from './exported.ts'

const root = join(dirname(fileURLToPath(import.meta.url)), '../../..')
const packageOf = (name: string) => JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8'))

/** Where the reviewed lists are. */
export const lists: string = join(root, 'packages/testing/test/api')

/** The packages that are published, by their folders. */
export const published: readonly string[] = readdirSync(join(root, 'packages')).filter((name) => packageOf(name).private !== true)

/** The module that a package is entered by. */
export const entryOf = (name: string): string => join(root, 'packages', name, 'src/index.ts')

/** What a package exports, by name. */
export const namesOf = (name: string): Exported => exportedBy(entryOf(name), root)

/** The ways into a package, then its names: the lines of its list. */
export const apiOf = (name: string): readonly string[] => [
  ...Object.keys(packageOf(name).exports).map((path) => `path ${path}`),
  ...[...namesOf(name)].map(([exported, kind]) => `${kind} ${exported}`).sort(),
]
