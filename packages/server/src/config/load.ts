import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { ServerOptions } from '../http/server.ts'
import { OperatorError } from '../util/operator-error.ts'
import { demoConfig } from './demo.ts'
import type { JournalSettings } from './open-journal.ts'
import { type ConfigProblem, formatProblem } from './problems.ts'
import { type ConfigResult, readConfig } from './read.ts'
import type { Settings } from './schema/codecs.ts'

/** A configuration without errors, as the commands use it. */
export interface LoadedConfig {
  readonly service: ServerOptions
  readonly journal: JournalSettings
  /** Everything as it was written, with its defaults. */
  readonly settings: Settings
  readonly warnings: readonly ConfigProblem[]
}

const DEFAULT_FILE = 'callboard.yaml'

/** The file that was named, or the one in the working directory if there is one. */
export const fileOf = (named: string | undefined): string | undefined => {
  if (named !== undefined) return resolve(named)
  return existsSync(DEFAULT_FILE) ? resolve(DEFAULT_FILE) : undefined
}

/** What was loaded, if it has no error; otherwise an OperatorError with every problem, a line each. */
export const requireValid = (loaded: ConfigResult): LoadedConfig => {
  const errors = loaded.problems.filter(({ level }) => level === 'error')
  const { settings } = loaded
  if (errors.length > 0 || settings === undefined) throw new OperatorError('config', errors.map(formatProblem).join('\n'))
  const { apps, plugins, sinks, routes, decisions } = loaded
  return {
    service: { settings, apps, plugins, sinks, routes, decisions, limits: settings.limits, retention: settings.retention },
    journal: settings.journal,
    settings,
    warnings: [...loaded.problems.filter(({ level }) => level === 'warning'), ...loaded.blocked],
  }
}

/** The configuration of the working directory, or the one that is named. */
export const loadConfig = async (named: string | undefined): Promise<LoadedConfig> => {
  const file = fileOf(named)
  if (file === undefined) {
    throw new OperatorError(
      'config',
      `there is no ${DEFAULT_FILE} here: write one with \`callboard init\`, name one with -c FILE, or try \`callboard start --demo\``,
    )
  }
  return requireValid(await readConfig(file, process.env))
}

/** As `configured`, but without any configuration the built-in one of the demo. */
export const loadConfigOrDemo = async (named: string | undefined): Promise<LoadedConfig & { readonly builtIn: boolean }> => {
  const builtIn = fileOf(named) === undefined
  return { ...(builtIn ? requireValid(await demoConfig(process.cwd())) : await loadConfig(named)), builtIn }
}
