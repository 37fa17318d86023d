import { brandOf, isObject, isPlugin, type Plugin } from '@callboard/core'
import { NonEmptyText } from '../schema/codecs.ts'
import type { ConfigDocument } from '../yaml/document.ts'
import { describeExports, type Exports, type Load, type LoadError, versionMismatch } from './load-module.ts'

/** The plugins of a configuration. */
export interface Plugins {
  /** As they were written. */
  readonly specifiers: readonly string[]
  /** Of all modules, each object once. */
  readonly plugins: readonly Plugin[]
  /** For each plugin the place of its module in the configuration's list. */
  readonly entries: readonly number[]
  /** False where a module is missing, so that nobody can tell which commands have no plugin. */
  readonly complete: boolean
}

/** What a module exports: alone, in lists, or by name in an object. */
const valuesIn = (exports: Exports): readonly unknown[] =>
  exports.flatMap(([, value]): readonly unknown[] => {
    if (brandOf(value) !== undefined) return [value]
    return Array.isArray(value) ? value : isObject(value) ? Object.values(value) : []
  })

const pluginsOf = async (specifier: string, load: Load): Promise<{ readonly plugins: readonly Plugin[] } | LoadError> => {
  const module = await load(specifier)
  if ('message' in module) return module
  const values = valuesIn(module.exports)
  const other = versionMismatch(specifier, 'plugin', values)
  if (other) return other
  const plugins = values.filter(isPlugin)
  if (plugins.length > 0) return { plugins }
  return { message: `no plugin, as definePlugin makes it, in ${JSON.stringify(specifier)}: ${describeExports(module.exports)}` }
}

/** Loads the modules that the configuration lists under `plugins`. */
export const loadPlugins = async (shape: ConfigDocument, load: Load): Promise<Plugins> => {
  const specifiers: string[] = []
  const entryOf = new Map<Plugin, number>()
  let complete = true
  for (let entry = 0; entry < shape.count(['plugins']); entry += 1) {
    const path = ['plugins', entry]
    const specifier = shape.read(NonEmptyText, path)
    const loaded = specifier === undefined ? undefined : await pluginsOf(specifier, load)
    if (loaded && 'message' in loaded) shape.report(path, loaded.message)
    if (specifier === undefined || !loaded || 'message' in loaded) {
      complete = false
      continue
    }
    specifiers.push(specifier)
    for (const plugin of loaded.plugins) if (!entryOf.has(plugin)) entryOf.set(plugin, entry)
  }
  return { specifiers, plugins: [...entryOf.keys()], entries: [...entryOf.values()], complete }
}
