import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The exports of a module by name. A name that is both is a `value`. */
export type ExportedNames = ReadonlyMap<string, 'value' | 'type'>

const DECLARED = /^export (?:declare )?(?:abstract )?(?:async )?(const|let|function|class|enum|interface|type) (\w+)/gm
const LISTED = /^export (type )?\{([^}]*)\}/gm
const PASSED_ON = /^export (type )?\* from '([^']+)'/gm
const NAME = /^(type )?(?:\w+ as )?(\w+)$/

/** Resolves an import of `file`. Packages of this repository resolve to their sources. */
const moduleAt = (specifier: string, file: string, root: string): string =>
  specifier.startsWith('.')
    ? join(dirname(file), specifier)
    : join(root, 'packages', specifier.replace(/^@callboard\//, ''), 'src/index.ts')

/** Reads the exports from the text of a source file, because types do not exist at run time. Throws on an unknown form of export. */
export const exportedBy = (file: string, root: string): ExportedNames => {
  const text = readFileSync(file, 'utf8')
  const found = new Map<string, 'value' | 'type'>()
  const add = (name: string, kind: 'value' | 'type') => {
    if (found.get(name) !== 'value') found.set(name, kind)
  }
  let understood = 0
  for (const [, what, name = ''] of text.matchAll(DECLARED)) {
    understood += 1
    add(name, what === 'interface' || what === 'type' ? 'type' : 'value')
  }
  for (const [, types, names = ''] of text.matchAll(LISTED)) {
    understood += 1
    for (const each of names.split(',').flatMap((part) => part.trim() || [])) {
      const [, type, name] = NAME.exec(each) ?? []
      if (name === undefined) throw new TypeError(`${file} exports ${each}`)
      add(name, types || type ? 'type' : 'value')
    }
  }
  for (const [, types, from = ''] of text.matchAll(PASSED_ON)) {
    understood += 1
    for (const [name, kind] of exportedBy(moduleAt(from, file, root), root)) add(name, types ? 'type' : kind)
  }
  const all = text.match(/^export /gm)?.length ?? 0
  if (understood !== all) throw new TypeError(`${file} has ${all} exports, of which ${understood} were understood`)
  return found
}
