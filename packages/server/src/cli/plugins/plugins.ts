import { type Plugin, routeOf } from '@callboard/core'
import { findConfigFile, loadConfig } from '../../config/load.ts'
import { builtInPlugins } from '../../config/resolve/built-in-plugins.ts'
import { print } from '../../util/terminal.ts'
import { EX, type ExitCode } from '../exit-codes.ts'

/** A callback in the form that `plugins --json` prints. */
interface PluginJson {
  readonly command: string
  readonly title: string
  readonly phase: 'after' | 'before'
  /** Does the configuration load it? Events of a plugin that is not loaded are stored as unknown. */
  readonly loaded: boolean
  /** The sinks that its events go to. Empty if it is not loaded. */
  readonly sinks: readonly string[]
  /** The answers besides "allow" that a before-callback permits. */
  readonly answers?: { readonly codes: readonly [number, number] | null; readonly drop: boolean; readonly fallback: 'allow' | 'refuse' }
}

const toPluginJson = ({ command, title, before }: Plugin, loaded: boolean, sinks: readonly string[]): PluginJson => ({
  command,
  title,
  phase: before ? 'before' : 'after',
  loaded,
  sinks,
  ...(before && { answers: { codes: before.codes ?? null, drop: before.drop ?? false, fallback: before.fallback } }),
})

const formatAnswers = ({ answers }: PluginJson): string => {
  if (!answers) return ''
  const codes = answers.codes ? ` with ${answers.codes.join(' to ')}` : ''
  return `  (may be refused${codes}${answers.drop ? ', or dropped' : ''}; fallback: ${answers.fallback})`
}

const formatPlugin = (plugin: PluginJson): string => {
  const sinks = plugin.loaded ? plugin.sinks.join(', ') || '(no sink)' : '(not loaded)'
  return `${plugin.command}  ${plugin.title} -> ${sinks}${formatAnswers(plugin)}`
}

const byCommand = (one: PluginJson, other: PluginJson): number => (one.command < other.command ? -1 : 1)

/** Runs `plugins`: lists the loaded callbacks, then the built-in ones that are not loaded. */
export const pluginsCommand = async (configFile: string | undefined, json: boolean): Promise<ExitCode> => {
  const { plugins, routes } =
    findConfigFile(configFile) === undefined ? { plugins: [], routes: {} } : (await loadConfig(configFile)).service
  const loadedCommands = new Set(plugins.map(({ command }) => command))
  const loaded = plugins.map((plugin) => toPluginJson(plugin, true, routeOf(routes, plugin.command)))
  const others = builtInPlugins.filter(({ command }) => !loadedCommands.has(command)).map((plugin) => toPluginJson(plugin, false, []))
  for (const plugin of [...loaded.sort(byCommand), ...others.sort(byCommand)]) print(json ? JSON.stringify(plugin) : formatPlugin(plugin))
  return EX.ok
}
