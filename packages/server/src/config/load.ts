import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { OperatorError } from '../util/operator-error.ts'
import { byPosition, type ConfigProblem, formatProblem } from './problems.ts'
import { type ConfigResult, type Purpose, readConfig, readConfigText } from './read.ts'
import type { Settings } from './schema/codecs.ts'
import type { JournalSettings, ServerOptions } from './service.ts'

/** A configuration without errors, as the commands use it. */
export interface LoadedConfig {
  readonly service: ServerOptions
  readonly journal: JournalSettings
  /** The whole file with its defaults. */
  readonly settings: Settings
  readonly warnings: readonly ConfigProblem[]
}

const DEFAULT_FILE = 'callboard.yaml'

/** Returns the path of the named file. Without a name, returns `callboard.yaml` of the working directory if that file exists, else undefined. */
export const findConfigFile = (named: string | undefined): string | undefined => {
  if (named !== undefined) return resolve(named)
  return existsSync(DEFAULT_FILE) ? resolve(DEFAULT_FILE) : undefined
}

/** Returns a configuration without errors. Throws an OperatorError that lists every error, one per line. */
export const requireValid = (result: ConfigResult): LoadedConfig => {
  const errors = result.problems.filter(({ level }) => level === 'error')
  const { settings } = result
  if (errors.length > 0 || settings === undefined) throw new OperatorError('config', errors.map(formatProblem).join('\n'))
  const { apps, plugins, sinks, routes, decisions, certificate } = result
  const { limits, retention } = settings
  return {
    service: { settings, apps, plugins, sinks, routes, decisions, limits, retention, ...(certificate && { certificate }) },
    journal: settings.journal,
    settings,
    warnings: [...result.problems.filter(({ level }) => level === 'warning'), ...result.blocked],
  }
}

/** Loads the named file, or `callboard.yaml`. Throws an OperatorError that lists every error, one per line. */
export const loadConfig = async (named: string | undefined, purpose?: Purpose): Promise<LoadedConfig> => {
  const file = findConfigFile(named)
  if (file === undefined) {
    throw new OperatorError(
      'config',
      `no ${DEFAULT_FILE} in this directory: write one with \`callboard init\`, name one with -c FILE, or try \`callboard start --demo\``,
    )
  }
  return requireValid(await readConfig(file, process.env, purpose))
}

const DEMO_APP = 1400000000

const demoText = (token: string) => `
apps: [{ sdkAppId: ${DEMO_APP}, tokens: ["${token}"] }]
journal: { use: sqlite, path: ./data/callboard.db }
plugins: ["@callboard/plugin-group-destroyed"]
sinks:
  log: { use: log }
  file: { use: file, path: "./data/{command}.jsonl" }
routes: { Group.CallbackAfterGroupDestroyed: [log, file], "*": [log, file] }
`

/** Returns the built-in configuration of the demo. It writes below `directory`/data and gets a new random token each time. */
export const demoConfig = (directory: string, purpose?: Purpose): Promise<ConfigResult> =>
  readConfigText(demoText(randomBytes(12).toString('hex')), join(directory, 'built-in.yaml'), {}, purpose)

/** Loads like `loadConfig`, but returns the demo's configuration if there is no file. `builtIn` says which of the two it is. */
export const loadConfigOrDemo = async (
  named: string | undefined,
  purpose?: Purpose,
): Promise<LoadedConfig & { readonly builtIn: boolean }> => {
  const builtIn = findConfigFile(named) === undefined
  return { ...(builtIn ? requireValid(await demoConfig(process.cwd(), purpose)) : await loadConfig(named, purpose)), builtIn }
}

/** Returns every problem that can be found without a network. A webhook at a blocked address is an error here. */
export const checkConfig = async (file: string, env: NodeJS.ProcessEnv): Promise<readonly ConfigProblem[]> => {
  const { problems, blocked } = await readConfig(file, env, 'check')
  return [...problems, ...blocked.map((problem): ConfigProblem => ({ ...problem, level: 'error' }))].toSorted(byPosition)
}
