import { existsSync } from 'node:fs'
import { isAbsolute, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { BRAND_VERSION, type BrandType, brandOf, explainNotA } from '@callboard/core'
import { moduleResolve } from 'import-meta-resolve'

/** Why something cannot be used. */
export interface LoadError {
  readonly message: string
}
/** What a module exports, the default export first: it is what a module is for. */
export type Exports = readonly (readonly [name: string, value: unknown])[]
/** Loads the module that a configuration names, by package name or path. */
export type Load = (specifier: string) => Promise<{ readonly exports: Exports } | LoadError>

/** The export conditions of this process, such as `--conditions=@callboard/source`. */
const conditions = (): Set<string> => {
  const words = [...process.execArgv, ...(process.env.NODE_OPTIONS ?? '').split(/\s+/)]
  const given = words.flatMap((word, index) => {
    const [, inline] = /^(?:--conditions|-C)(?:=(.+))?$/.exec(word) ?? [undefined, undefined]
    if (word !== '-C' && word !== '--conditions') return inline === undefined ? [] : [inline]
    return words[index + 1] ?? []
  })
  return new Set(['node', 'import', 'module-sync', 'node-addons', ...given])
}

/** Is this a path rather than the name of a package? */
export const isPath = (specifier: string): boolean => /^\.{1,2}[/\\]/.test(specifier) || isAbsolute(specifier)

const firstLine = (error: unknown): string => ((error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '').trim()
const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND'

/** Where a module is: a path counts from the directory; a package is looked for there, and then beside the program. */
const locate = (specifier: string, directory: string): URL | LoadError => {
  const quoted = JSON.stringify(specifier)
  if (isPath(specifier)) {
    const path = resolve(directory, specifier)
    return existsSync(path) ? pathToFileURL(path) : { message: `${quoted} cannot be found: there is no ${path}` }
  }
  for (const parent of [pathToFileURL(resolve(directory, 'callboard.yaml')), new URL(import.meta.url)]) {
    try {
      return moduleResolve(specifier, parent, conditions())
    } catch (error) {
      if (!isMissing(error)) return { message: `${quoted} cannot be loaded: ${firstLine(error)}` }
    }
  }
  return {
    message: `no package ${quoted} is installed in ${directory} or beside the program: install it, or write a path that starts with ./`,
  }
}

/** A loader for the configuration in this directory. It never rejects. */
export const loaderFor =
  (directory: string): Load =>
  async (specifier) => {
    const url = locate(specifier, directory)
    if ('message' in url) return url
    try {
      const module: Readonly<Record<string, unknown>> = await import(url.href)
      const names = Object.keys(module).toSorted((a, b) => Number(b === 'default') - Number(a === 'default'))
      return { exports: names.map((name) => [name, module[name]]) }
    } catch (error) {
      return { message: `${JSON.stringify(specifier)} cannot be loaded: ${firstLine(error)}` }
    }
  }

/** What an export says it is, where that is not what it is looked for as. */
const brandLabel = (value: unknown): string => {
  const brand = brandOf(value)
  return brand === undefined ? '' : ` (a ${brand.type})`
}

/** `it exports only a, b (a sink)` for a module in which something was looked for in vain. */
export const describeExports = (exports: Exports): string =>
  exports.length === 0 ? 'it exports nothing' : `it exports only ${exports.map(([name, value]) => name + brandLabel(value)).join(', ')}`

/** Why what a module exports cannot be used, where it was made for another version of what Callboard asks of it. */
export const versionMismatch = (specifier: string, what: BrandType, values: readonly unknown[]): LoadError | undefined => {
  const other = values.find((value) => {
    const brand = brandOf(value)
    return brand?.type === what && brand.version !== BRAND_VERSION
  })
  return other === undefined ? undefined : { message: `${JSON.stringify(specifier)} cannot be used: ${explainNotA(other, what)}` }
}
