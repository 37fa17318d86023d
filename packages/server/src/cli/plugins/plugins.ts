import { type Plugin, routeOf } from '@callboard/core'
import { fileOf, loadConfig } from '../../config/load.ts'
import { print } from '../../util/terminal.ts'
import { EX, type ExitCode } from '../exit-codes.ts'
import { loadSendContext } from '../send/target.ts'

/** One callback, as `plugins --json` tells it. */
interface PluginTold {
  readonly command: string
  readonly title: string
  readonly phase: 'after' | 'before'
  /** Does the configuration load it? What it does not load is stored as unknown when it comes. */
  readonly loaded: boolean
  /** Where its events go, as far as there is a configuration. */
  readonly sinks: readonly string[]
  /** What a before-callback may be answered besides yes. */
  readonly answers?: { readonly codes: readonly [number, number] | null; readonly drop: boolean; readonly fallback: 'allow' | 'refuse' }
}

const told = ({ command, title, before }: Plugin, loaded: boolean, sinks: readonly string[]): PluginTold => ({
  command,
  title,
  phase: before ? 'before' : 'after',
  loaded,
  sinks,
  ...(before && { answers: { codes: before.codes ?? null, drop: before.drop ?? false, fallback: before.fallback } }),
})

const answersIn = ({ answers }: PluginTold): string => {
  if (!answers) return ''
  const codes = answers.codes ? ` with ${answers.codes.join(' to ')}` : ''
  return `  (may be refused${codes}${answers.drop ? ', or dropped' : ''}; fallback: ${answers.fallback})`
}

const lineOf = (plugin: PluginTold): string => {
  const where = plugin.loaded ? ` -> ${plugin.sinks.join(', ') || '(no sink)'}` : ''
  return `${plugin.command}  ${plugin.title}${where}${answersIn(plugin)}`
}

/** `plugins`: the callbacks that the configuration loads, and those that come with the program. */
export const pluginsCommand = async (named: string | undefined, json: boolean): Promise<ExitCode> => {
  const { plugins } = await loadSendContext(named)
  const service = fileOf(named) === undefined ? undefined : (await loadConfig(named)).service
  const loaded = new Set(service?.plugins.map(({ command }) => command))
  const all = plugins
    .map((plugin) => {
      const isLoaded = loaded.has(plugin.command)
      return told(plugin, isLoaded, isLoaded && service ? routeOf(service.routes, plugin.command) : [])
    })
    .sort((one, other) => Number(other.loaded) - Number(one.loaded) || (one.command < other.command ? -1 : 1))
  for (const plugin of all) print(json ? JSON.stringify(plugin) : lineOf(plugin))
  return EX.ok
}
