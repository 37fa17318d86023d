import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type ExportedNames, exportedBy } from './exported-names.ts'

const root = join(dirname(fileURLToPath(import.meta.url)), '../../..')
const packageOf = (name: string) => JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8'))

/** The directory of the reviewed lists. */
export const lists: string = join(root, 'packages/testing/test/api')

/** The folders of the published packages. */
export const published: readonly string[] = readdirSync(join(root, 'packages')).filter((name) => packageOf(name).private !== true)

/** The source of each path in `exports` of a package, `.` first. Leaves out patterns, because the index exports what they lead to. */
export const entriesOf = (name: string): ReadonlyMap<string, string> =>
  new Map(
    Object.entries<{ readonly '@callboard/source'?: string }>(packageOf(name).exports).flatMap(([path, { '@callboard/source': source }]) =>
      source === undefined || path.includes('*') ? [] : [[path, join(root, 'packages', name, source)] as const],
    ),
  )

/** Returns the exports of one path of a package, by name. */
export const namesAt = (entry: string): ExportedNames => exportedBy(entry, root)

/** Returns the exports of all paths of a package, by name. */
export const namesOf = (name: string): ExportedNames => new Map([...entriesOf(name).values()].flatMap((entry) => [...namesAt(entry)]))

/** The lines of a package's list: its paths, then the names at each path. */
export const apiOf = (name: string): readonly string[] => [
  ...Object.keys(packageOf(name).exports).map((path) => `path ${path}`),
  ...[...entriesOf(name)].flatMap(([path, entry]) =>
    [...namesAt(entry)].map(([exported, kind]) => (path === '.' ? `${kind} ${exported}` : `${path} ${kind} ${exported}`)).sort(),
  ),
]
