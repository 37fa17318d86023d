import { brandOf, isObject, isPlugin, type Plugin } from '@callboard/core'
import { NonEmptyText } from '../schema/codecs.ts'
import type { ConfigDocument } from '../yaml/document.ts'
import { describeExports, type Exports, isPluginSpec, type LoadError, type LoadModule, versionMismatch } from './load-module.ts'

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

interface PluginModule {
  readonly plugins: readonly Plugin[]
  /** The names of exports that look like plugins, but were not made by definePlugin. */
  readonly unwrapped: readonly string[]
}

const loadPluginModule = async (specifier: string, load: LoadModule): Promise<PluginModule | LoadError> => {
  const module = await load(specifier)
  if ('message' in module) return module
  const values = valuesIn(module.exports)
  const mismatch = versionMismatch(specifier, 'plugin', values)
  if (mismatch) return mismatch
  const plugins = values.filter(isPlugin)
  if (plugins.some(({ command }) => typeof command !== 'string' || command === ''))
    return { message: `${specifier}: a plugin needs a command: a text such as "Group.CallbackAfterGroupDestroyed"` }
  if (plugins.length > 0) return { plugins, unwrapped: module.exports.flatMap(([name, value]) => (isPluginSpec(value) ? [name] : [])) }
  const quoted = JSON.stringify(specifier)
  return { message: `${quoted} exports no plugin made by definePlugin: ${describeExports(module.exports, 'definePlugin', isPluginSpec)}` }
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
    if (loaded && 'message' in loaded) for (const line of loaded.message.split('\n')) document.report(path, line)
    if (specifier === undefined || !loaded || 'message' in loaded) {
      complete = false
      continue
    }
    specifiers.push(specifier)
    for (const name of loaded.unwrapped)
      document.report(path, `${JSON.stringify(specifier)} exports ${name}, which is no plugin: wrap it in definePlugin`, 'warning')
    for (const plugin of loaded.plugins) if (!entryOf.has(plugin)) entryOf.set(plugin, entry)
  }
  return { specifiers, plugins: [...entryOf.keys()], entries: [...entryOf.values()], complete }
}
