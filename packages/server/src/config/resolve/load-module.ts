import { existsSync } from 'node:fs'
import { isAbsolute, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { BRAND_VERSION, type BrandType, brandOf, explainNotA, isObject, writeDuration } from '@callboard/core'
import { moduleResolve } from 'import-meta-resolve'
import { codeOf, messageOf } from '../../util/errors.ts'
import { OperatorError } from '../../util/operator-error.ts'
import { explainLoadError } from './load-error.ts'

/** Why a module cannot be used. */
export interface LoadError {
  /** One line for each mistake. */
  readonly message: string
}
/** The exports of a module, with the default export first. */
export type Exports = readonly (readonly [name: string, value: unknown])[]
/** A module that takes longer would delay the start for too long. */
const LOAD_TIMEOUT_MS = 10_000

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

/** Rejects if the module does not load in time: its top-level `await` may never end. */
const importInTime = async (url: URL, timeoutMs: number): Promise<Readonly<Record<string, unknown>>> => {
  let timer: NodeJS.Timeout | undefined
  const timedOut = new Promise<never>((_, reject) => {
    const cause = `it did not load within ${writeDuration(timeoutMs)}; it must not wait for another program`
    timer = setTimeout(() => reject(new OperatorError('config', cause)), timeoutMs)
  })
  try {
    return await Promise.race([import(url.href), timedOut])
  } finally {
    clearTimeout(timer)
  }
}

/** Returns a loader for modules that a configuration in this directory names. A module may take `timeoutMs` to load. */
export const createModuleLoader =
  (directory: string, timeoutMs: number = LOAD_TIMEOUT_MS): LoadModule =>
  async (specifier) => {
    const url = locate(specifier, directory)
    if ('message' in url) return url
    try {
      const module = await importInTime(url, timeoutMs)
      const names = Object.keys(module).toSorted((a, b) => Number(b === 'default') - Number(a === 'default'))
      return { exports: names.map((name) => [name, module[name]]) }
    } catch (error) {
      return { message: await explainLoadError(specifier, url, error, exportConditions()) }
    }
  }

const brandLabel = (value: unknown): string => {
  const brand = brandOf(value)
  return brand === undefined ? '' : ` (a ${brand.type})`
}

/** Says how to make something of the exports: `maker` is definePlugin or one like it, and `isSpec` recognizes its argument. */
const adviceFor = (exports: Exports, maker: string, isSpec: (value: unknown) => boolean): string => {
  const spec = exports.find(([, value]) => isSpec(value))
  if (spec) return `; wrap ${spec[0]} in ${maker}`
  const factory = exports.find(([, value]) => typeof value === 'function' && brandOf(value) === undefined)
  return factory ? `; export the result of ${maker}, not the function ${factory[0]}` : `; export the result of ${maker}`
}

/** Describes what a module exports and what to do, such as `it exports only a, b (a sink); export the result of definePlugin`. */
export const describeExports = (exports: Exports, maker: string, isSpec: (value: unknown) => boolean = () => false): string => {
  const found = exports.length === 0 ? 'nothing' : `only ${exports.map(([name, value]) => name + brandLabel(value)).join(', ')}`
  return `it exports ${found}${adviceFor(exports, maker, isSpec)}`
}

/** Returns whether a value looks like the argument of definePlugin. */
export const isPluginSpec = (value: unknown): boolean =>
  isObject(value) && brandOf(value) === undefined && 'body' in value && 'sample' in value

/** Returns an error if an exported plugin, sink or decision was made for another contract version. */
export const versionMismatch = (specifier: string, type: BrandType, values: readonly unknown[]): LoadError | undefined => {
  const other = values.find((value) => {
    const brand = brandOf(value)
    return brand?.type === type && brand.version !== BRAND_VERSION
  })
  return other === undefined ? undefined : { message: `cannot use ${JSON.stringify(specifier)}: ${explainNotA(other, type)}` }
}
