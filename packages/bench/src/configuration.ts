import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { APP, TOKEN } from './callback-body.ts'

/** What is configured; everything goes to every sink. */
export interface Configuration {
  readonly journal: 'memory' | 'sqlite'
  /** The options of each, by name. */
  readonly sinks: Readonly<Record<string, string>>
  /** Module names; the one of the measured callback alone if left out. */
  readonly plugins?: readonly string[]
}

const ONE_PLUGIN = ['@callboard/plugin-group-destroyed']

/** The text of `callboard.yaml`. */
export const configurationOf = ({
  journal,
  sinks,
  plugins = ONE_PLUGIN,
}: Configuration): string => `apps: [{ sdkAppId: ${APP}, tokens: [${TOKEN}] }]
listen: { port: 0 }
admin: { port: 0 }
journal: { use: ${journal}${journal === 'sqlite' ? ', path: ./data/callboard.db' : ''} }
plugins: ${JSON.stringify(plugins)}
sinks:
${Object.entries(sinks)
  .map(([name, options]) => `  ${name}: ${options}\n`)
  .join('')}routes: { "*": ${JSON.stringify(Object.keys(sinks))} }
`

/** A directory of its own below `dir`, with a configuration for `callboard start`. */
export const place = async (dir: string, configuration: Configuration): Promise<string> => {
  await mkdir(dir, { recursive: true })
  const own = await mkdtemp(join(dir, 'callboard-'))
  await writeFile(join(own, 'callboard.yaml'), configurationOf(configuration))
  return own
}

/** Where the journal of a place lies. */
export const journalOf = (own: string): string => join(own, 'data', 'callboard.db')

export const FILE_SINK = '{ use: file, path: "./data/{command}.jsonl" }'
