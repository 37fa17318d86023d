import { existsSync } from 'node:fs'
import { isAbsolute, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { BRAND_VERSION, type BrandType, brandOf, explainNotA } from '@callboard/core'
import { moduleResolve } from 'import-meta-resolve'
import { codeOf, messageOf } from '../../util/errors.ts'

/** Why a module cannot be used. */
export interface LoadError {
  readonly message: string
}
/** The exports of a module, with the default export first. */
export type Exports = readonly (readonly [name: string, value: unknown])[]
/** Loads a module by package name or path. Never rejects. */
export type LoadModule = (specifier: string) => Promise<{ readonly exports: Exports } | LoadError>

/** Returns the export conditions of this process, such as `--conditions=@callboard/source`. */
const exportConditions = (): Set<string> => {
  const words = [...process.execArgv, ...(process.env.NODE_OPTIONS ?? '').split(/\s+/)]
  const given = words.flatMap((word, index) => {
    const [, inline] = /^(?:--conditions|-C)(?:=(.+))?$/.exec(word) ?? [undefined, undefined]
    if (word !== '-C' && word !== '--conditions') return inline === undefined ? [] : [inline]
    return words[index + 1] ?? []
  })
  return new Set(['node', 'import', 'module-sync', 'node-addons', ...given])
}

/** Returns whether a specifier is a path. Otherwise it is the name of a package. */
export const isPath = (specifier: string): boolean => /^\.{1,2}[/\\]/.test(specifier) || isAbsolute(specifier)

const firstLine = (error: unknown): string => (messageOf(error).split('\n')[0] ?? '').trim()

/** Finds a module. A path starts at the directory. A package is looked up in the directory first, then beside the program. */
const locate = (specifier: string, directory: string): URL | LoadError => {
  const quoted = JSON.stringify(specifier)
  if (isPath(specifier)) {
    const path = resolve(directory, specifier)
    return existsSync(path) ? pathToFileURL(path) : { message: `cannot load ${quoted}: there is no file ${path}` }
  }
  for (const parent of [pathToFileURL(resolve(directory, 'callboard.yaml')), new URL(import.meta.url)]) {
    try {
      return moduleResolve(specifier, parent, exportConditions())
    } catch (error) {
      if (codeOf(error) !== 'ERR_MODULE_NOT_FOUND') return { message: `cannot load ${quoted}: ${firstLine(error)}` }
    }
  }
  return {
    message: `cannot load ${quoted}: the package is not installed in ${directory} or beside the program; install it, or write a path that starts with ./`,
  }
}

/** Returns a loader for modules that a configuration in this directory names. */
export const createModuleLoader =
  (directory: string): LoadModule =>
  async (specifier) => {
    const url = locate(specifier, directory)
    if ('message' in url) return url
    try {
      const module: Readonly<Record<string, unknown>> = await import(url.href)
      const names = Object.keys(module).toSorted((a, b) => Number(b === 'default') - Number(a === 'default'))
      return { exports: names.map((name) => [name, module[name]]) }
    } catch (error) {
      return { message: `cannot load ${JSON.stringify(specifier)}: ${firstLine(error)}` }
    }
  }

const brandLabel = (value: unknown): string => {
  const brand = brandOf(value)
  return brand === undefined ? '' : ` (a ${brand.type})`
}

/** Describes what a module exports, such as `it exports only a, b (a sink)`. */
export const describeExports = (exports: Exports): string =>
  exports.length === 0 ? 'it exports nothing' : `it exports only ${exports.map(([name, value]) => name + brandLabel(value)).join(', ')}`

/** Returns an error if an exported plugin, sink or decision was made for another contract version. */
export const versionMismatch = (specifier: string, type: BrandType, values: readonly unknown[]): LoadError | undefined => {
  const other = values.find((value) => {
    const brand = brandOf(value)
    return brand?.type === type && brand.version !== BRAND_VERSION
  })
  return other === undefined ? undefined : { message: `cannot use ${JSON.stringify(specifier)}: ${explainNotA(other, type)}` }
}
