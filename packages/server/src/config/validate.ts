import { type Options, type Problem, suggest, validateOptions } from '@callboard/core'
import type { ConfigDocument } from './yaml/document.ts'
import type { Path } from './yaml/source-map.ts'

/** The parts of a configuration, and the indexes of their items in the file. */
export interface Parts extends Required<Pick<Options, 'apps' | 'plugins' | 'sinks' | 'routes' | 'decisions'>> {
  /** For each app its index in the file's list. */
  readonly appEntries: readonly number[]
  /** For each plugin the index of its module in the file's list. */
  readonly pluginEntries: readonly number[]
  /** False if a plugin module could not be loaded. */
  readonly complete: boolean
}

/** Checks the parts against each other, by the same rules as options that are given in code. Reports every problem. */
export const validateParts = (document: ConfigDocument, parts: Parts): void => {
  const { apps, plugins, sinks, routes, decisions, appEntries, pluginEntries, complete } = parts
  // Problems with the options of a sink are already reported.
  const withoutProblems = Object.fromEntries(
    Object.entries(sinks).map(([name, sink]) => [name, typeof sink === 'object' ? { ...sink, problems: [] } : sink]),
  )
  const commands = plugins.map(({ command }) => command)

  /** Translates a path in the options into a path in the file. */
  const pathInFile = ([part, index, ...rest]: Problem['path']): Path => {
    if (part === undefined) return []
    if (index === undefined) return [part]
    const entry = typeof index === 'number' ? { apps: appEntries[index], plugins: pluginEntries[index] }[part] : undefined
    return [part, entry ?? index, ...rest]
  }
  const isUnknownCommand = ([part, command, ...rest]: Problem['path']): boolean =>
    (part === 'routes' || part === 'decisions') && rest.length === 0 && !commands.some((each) => each === command)
  const suggestionAt = (path: Path): string => {
    const [part, command] = path
    if (isUnknownCommand(path)) return suggest(String(command), commands)
    const name = document.valueAt(path)
    return part === 'routes' && typeof name === 'string' && !Object.hasOwn(sinks, name) ? suggest(name, Object.keys(sinks)) : ''
  }

  for (const { path, message, level } of validateOptions({ apps, plugins, sinks: withoutProblems, routes, decisions })) {
    if (isUnknownCommand(path) && !complete) continue
    // The file lists apps, and each mistake in them is already reported.
    if (path[0] === 'apps' && path.length === 1 && document.lengthAt(['apps']) > 0) continue
    document.report(pathInFile(path), message + suggestionAt(path), level)
  }
}
