import { brandOf, isObject, isPlugin, type Plugin } from '@callboard/core'
import { NonEmptyText } from '../schema/codecs.ts'
import type { ConfigDocument } from '../yaml/document.ts'
import { describeExports, type Exports, type LoadError, type LoadModule, versionMismatch } from './load-module.ts'

/** The plugins of a configuration. */
export interface Plugins {
  /** The package names and paths of the file. */
  readonly specifiers: readonly string[]
  /** The plugins of all modules, without repeated objects. */
  readonly plugins: readonly Plugin[]
  /** For each plugin the index of its module in the file's list. */
  readonly entries: readonly number[]
  /** False if a module could not be loaded. Then it is unknown which commands have no plugin. */
  readonly complete: boolean
}

/** Returns the exported values, and the items of exported lists and objects. */
const valuesIn = (exports: Exports): readonly unknown[] =>
  exports.flatMap(([, value]): readonly unknown[] => {
    if (brandOf(value) !== undefined) return [value]
    return Array.isArray(value) ? value : isObject(value) ? Object.values(value) : []
  })

const loadPluginModule = async (specifier: string, load: LoadModule): Promise<{ readonly plugins: readonly Plugin[] } | LoadError> => {
  const module = await load(specifier)
  if ('message' in module) return module
  const values = valuesIn(module.exports)
  const mismatch = versionMismatch(specifier, 'plugin', values)
  if (mismatch) return mismatch
  const plugins = values.filter(isPlugin)
  if (plugins.length > 0) return { plugins }
  return { message: `${JSON.stringify(specifier)} exports no plugin made by definePlugin: ${describeExports(module.exports)}` }
}

/** Loads the modules of the list `plugins`. Reports and leaves out what cannot be loaded. */
export const loadPlugins = async (document: ConfigDocument, load: LoadModule): Promise<Plugins> => {
  const specifiers: string[] = []
  const entryOf = new Map<Plugin, number>()
  let complete = true
  for (let entry = 0; entry < document.lengthAt(['plugins']); entry += 1) {
    const path = ['plugins', entry]
    const specifier = document.decode(NonEmptyText, path)
    const loaded = specifier === undefined ? undefined : await loadPluginModule(specifier, load)
    if (loaded && 'message' in loaded) document.report(path, loaded.message)
    if (specifier === undefined || !loaded || 'message' in loaded) {
      complete = false
      continue
    }
    specifiers.push(specifier)
    for (const plugin of loaded.plugins) if (!entryOf.has(plugin)) entryOf.set(plugin, entry)
  }
  return { specifiers, plugins: [...entryOf.keys()], entries: [...entryOf.values()], complete }
}
