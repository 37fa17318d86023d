import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { APP, TOKEN } from '../load/bodies.ts'

/** A configuration of the program. Every event goes to every sink. */
export interface Configuration {
  readonly journal: 'memory' | 'sqlite'
  /** The options of each sink in YAML, by its name. */
  readonly sinks: Readonly<Record<string, string>>
  /** Module names. Default: the plugin of the measured callback. */
  readonly plugins?: readonly string[]
  /** Other parts of `callboard.yaml`. */
  readonly more?: string
}

const ONE_PLUGIN = ['@callboard/plugin-group-destroyed']

/** Returns the text of `callboard.yaml`. */
export const configurationOf = ({
  journal,
  sinks,
  plugins = ONE_PLUGIN,
  more = '',
}: Configuration): string => `apps: [{ sdkAppId: ${APP}, tokens: [${TOKEN}] }]
listen: { port: 0 }
admin: { port: 0 }
journal: { use: ${journal}${journal === 'sqlite' ? ', path: ./data/callboard.db' : ''} }
plugins: ${JSON.stringify(plugins)}
sinks:
${Object.entries(sinks)
  .map(([name, options]) => `  ${name}: ${options}\n`)
  .join('')}routes: { "*": ${JSON.stringify(Object.keys(sinks))} }
${more}`

/** Creates a working directory for `callboard start` below `dir`. */
export const createWorkDirectory = async (dir: string, configuration: Configuration): Promise<string> => {
  await mkdir(dir, { recursive: true })
  const work = await mkdtemp(join(dir, 'callboard-'))
  await writeFile(join(work, 'callboard.yaml'), configurationOf(configuration))
  return work
}

/** Returns the path of the journal in a working directory. */
export const journalPath = (work: string): string => join(work, 'data', 'callboard.db')

export const FILE_SINK = '{ use: file, path: "./data/{command}.jsonl" }'
