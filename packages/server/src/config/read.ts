import { dirname, resolve } from 'node:path'
import type { ConfiguredDecision, Options } from '@callboard/core'
import type * as t from 'io-ts'
import { isLoopback } from '../util/addresses.ts'
import { readTextFile } from '../util/files.ts'
import { type ConfigProblem, createProblemList, START_OF_FILE } from './problems.ts'
import { readApps, readRoutes } from './resolve/apps-and-routes.ts'
import { loadDecisions } from './resolve/decisions.ts'
import { createModuleLoader } from './resolve/load-module.ts'
import { loadPlugins } from './resolve/plugins.ts'
import { resolveSinks } from './resolve/sinks.ts'
import {
  AdminEntry,
  defaults,
  LimitsEntry,
  ListenEntry,
  MemoryEntry,
  parts,
  RetentionEntry,
  type Settings,
  SqliteEntry,
} from './schema/codecs.ts'
import { validateParts } from './validate.ts'
import { type ConfigDocument, createConfigDocument } from './yaml/document.ts'
import { createInterpolate } from './yaml/interpolate.ts'
import { parseYaml } from './yaml/parse.ts'
import type { Path } from './yaml/source-map.ts'

/** The valid parts of a configuration, and every problem in it. */
export interface ConfigResult extends Pick<Options, 'apps' | 'plugins' | 'sinks' | 'routes'> {
  readonly file: string
  readonly decisions: readonly ConfiguredDecision[]
  /** Absent if a listener, the journal, the limits or the retention are invalid. */
  readonly settings?: Settings
  /** Errors and warnings, sorted by position. */
  readonly problems: readonly ConfigProblem[]
  /** Webhooks at addresses that the SSRF guard blocks. `check` takes them for errors, `start` for warnings. */
  readonly blocked: readonly ConfigProblem[]
  /** Returns whether the value at a path comes from the environment or from another file. */
  readonly isInterpolated: (path: Path) => boolean
}

const EMPTY_RESULT = { apps: [], plugins: [], sinks: {}, routes: {}, decisions: [], blocked: [], isInterpolated: () => false }

/** Decodes a part that may be absent or empty. */
const decodeOptional = <A>(document: ConfigDocument, codec: t.Type<A, unknown, unknown>, part: string, absent: A): A | undefined =>
  document.valueAt([part]) === undefined || document.valueAt([part]) === null ? absent : document.decode(codec, [part])

type ServerSettings = Pick<Settings, 'listen' | 'admin' | 'journal' | 'limits' | 'retention'>

/** Reads the parts that need no modules. Fills in defaults and makes paths absolute. */
const readServerSettings = (document: ConfigDocument, directory: string): ServerSettings | undefined => {
  const absolute = (path: string): string => resolve(directory, path)
  const listen = decodeOptional(document, ListenEntry, 'listen', {})
  const admin = decodeOptional(document, AdminEntry, 'admin', {})
  const limits = decodeOptional(document, LimitsEntry, 'limits', {})
  const retention = decodeOptional(document, RetentionEntry, 'retention', {})
  const inMemory = document.valueAt(['journal', 'use']) === 'memory'
  const journal = inMemory ? document.decode(MemoryEntry, ['journal']) : decodeOptional(document, SqliteEntry, 'journal', {})
  if (!listen || !admin || !journal || !limits || !retention) return undefined
  const { cert, key, ca } = listen.tls ?? {}
  return {
    listen: {
      ...defaults.listen,
      ...listen,
      ...(cert !== undefined &&
        key !== undefined && { tls: { cert: absolute(cert), key: absolute(key), ...(ca !== undefined && { ca: absolute(ca) }) } }),
    },
    admin: { ...defaults.admin, ...admin },
    journal:
      journal.use === 'memory'
        ? { use: 'memory' }
        : { use: 'sqlite', path: absolute('path' in journal && journal.path !== undefined ? journal.path : defaults.journal.path) },
    limits,
    retention,
  }
}

/** Reports listeners that other machines can reach and that check no sender. */
const checkExposure = (document: ConfigDocument, { listen, admin }: ServerSettings, unverified: boolean): void => {
  if (unverified && !isLoopback(listen.host))
    document.report(['listen', 'host'], '`verify: none` lets every machine that reaches this address send callbacks', 'warning')
  if (admin.token === undefined && !isLoopback(admin.host))
    document.report(['admin', 'host'], 'an admin listener off loopback needs a `token`')
}

/** Reads a configuration from its text. `file` names it in problems; relative paths start at its directory. Never rejects. */
export const readConfigText = async (text: string, file: string, env: NodeJS.ProcessEnv): Promise<ConfigResult> => {
  const problems = createProblemList(file)
  const directory = dirname(file)
  const parsed = parseYaml(text, createInterpolate(env, directory), problems)
  if (!parsed) return { ...EMPTY_RESULT, file, problems: problems.sorted() }

  const document = createConfigDocument(parsed, problems)
  const load = createModuleLoader(directory)
  document.allowKeys([], Object.keys(parts))
  const serverSettings = readServerSettings(document, directory)
  const { apps, entries: appEntries } = readApps(document)
  const { plugins, entries: pluginEntries, specifiers, complete } = await loadPlugins(document, load)
  const { sinks, entries: sinkEntries, blocked } = await resolveSinks(document, load, directory)
  const routes = readRoutes(document)
  const { decisions, entries: decisionEntries } = await loadDecisions(document, load, { plugins, complete })

  if (serverSettings) {
    const unverified = apps.some(({ verify }) => verify === 'none')
    checkExposure(document, serverSettings, unverified)
  }
  validateParts(document, { apps, plugins, sinks, routes, decisions, appEntries, pluginEntries, complete })
  return {
    file,
    apps,
    plugins,
    sinks,
    routes,
    decisions,
    problems: problems.sorted(),
    blocked: blocked.map(({ path, message }) => ({ file, ...document.positionOf(path), message, level: 'warning' })),
    isInterpolated: document.isInterpolated,
    ...(serverSettings && {
      settings: { ...serverSettings, apps, plugins: specifiers, sinks: sinkEntries, routes, decisions: decisionEntries },
    }),
  }
}

/** Reads a configuration file. Never rejects: `problems` lists every mistake, also a file that cannot be read. */
export const readConfig = async (file: string, env: NodeJS.ProcessEnv): Promise<ConfigResult> => {
  const read = readTextFile(file)
  if ('text' in read) return readConfigText(read.text, file, env)
  const message = `cannot read the file: ${read.reason}; run \`callboard init\` to write one, or name another file with -c`
  return { ...EMPTY_RESULT, file, problems: [{ file, ...START_OF_FILE, message, level: 'error' }] }
}
