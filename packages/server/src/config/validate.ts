import { type Options, type Problem, validateOptions } from '@callboard/core'
import { suggest } from '../util/did-you-mean.ts'
import type { ConfigDocument } from './yaml/document.ts'
import type { Path } from './yaml/source-map.ts'

/** The parts of a configuration, and where the items of core's lists come from. */
export interface Parts extends Required<Pick<Options, 'apps' | 'plugins' | 'sinks' | 'routes' | 'decisions'>> {
  readonly appEntries: readonly number[]
  readonly pluginEntries: readonly number[]
  /** False where a plugin is missing. */
  readonly complete: boolean
}

/** Says what is wrong between the parts, by the same rules as for those who write no file. */
export const validateParts = (shape: ConfigDocument, parts: Parts): void => {
  const { apps, plugins, sinks, routes, decisions, appEntries, pluginEntries, complete } = parts
  // What is wrong with the options of a sink is reported with the sink.
  const checked = Object.fromEntries(
    Object.entries(sinks).map(([name, sink]) => [name, typeof sink === 'object' ? { ...sink, problems: [] } : sink]),
  )
  const commands = plugins.map(({ command }) => command)

  /** The place in the file of what core found in the options. */
  const inFile = ([part, index, ...rest]: Problem['path']): Path => {
    if (part === undefined) return []
    if (index === undefined) return [part]
    const entry = typeof index === 'number' ? { apps: appEntries[index], plugins: pluginEntries[index] }[part] : undefined
    return [part, entry ?? index, ...rest]
  }
  const isUnknownCommand = ([part, command, ...rest]: Problem['path']): boolean =>
    (part === 'routes' || part === 'decisions') && rest.length === 0 && !commands.some((each) => each === command)
  const hintAt = (path: Path): string => {
    const [part, command] = path
    if (isUnknownCommand(path)) return suggest(String(command), commands)
    const name = shape.at(path)
    return part === 'routes' && typeof name === 'string' && !Object.hasOwn(sinks, name) ? suggest(name, Object.keys(sinks)) : ''
  }

  for (const { path, message, level } of validateOptions({ apps, plugins, sinks: checked, routes, decisions })) {
    if (isUnknownCommand(path) && !complete) continue
    // Apps that are written, but wrongly, are reported already.
    if (path[0] === 'apps' && path.length === 1 && shape.count(['apps']) > 0) continue
    shape.report(inFile(path), message + hintAt(path), level)
  }
}
