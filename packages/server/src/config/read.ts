import { dirname, resolve } from 'node:path'
import type { ConfiguredDecision, Options } from '@callboard/core'
import type * as t from 'io-ts'
import { isLoopback } from '../util/addresses.ts'
import type { ConfigProblem } from './problems.ts'
import { createReport, TOP } from './report.ts'
import { readApps } from './resolve/apps.ts'
import { loadDecisions } from './resolve/decisions.ts'
import { loaderFor } from './resolve/load-module.ts'
import { loadPlugins } from './resolve/plugins.ts'
import { readRoutes } from './resolve/routes.ts'
import { makeSinks } from './resolve/sinks.ts'
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
import { readYaml } from './yaml/parse.ts'
import { readTextFile } from './yaml/read-file.ts'
import type { Path } from './yaml/source-map.ts'

/** A configuration as far as it could be read, with everything that is wrong with it. */
export interface ConfigResult extends Pick<Options, 'apps' | 'plugins' | 'sinks' | 'routes'> {
  readonly file: string
  readonly decisions: readonly ConfiguredDecision[]
  /** Absent where a listener, the journal, the limits or the retention cannot be read. */
  readonly settings?: Settings
  /** Errors and warnings in the order of the file. */
  readonly problems: readonly ConfigProblem[]
  /** Webhooks to addresses that will not be called: errors for `check`, warnings for `start`. */
  readonly blocked: readonly ConfigProblem[]
  /** Does what stands at this path come from the environment or from another file? */
  readonly isInterpolated: (path: Path) => boolean
}

const empty = { apps: [], plugins: [], sinks: {}, routes: {}, decisions: [], blocked: [], isInterpolated: () => false }

/** A part that may be left out, or left empty. */
const optionalPart = <A>(shape: ConfigDocument, codec: t.Type<A, unknown, unknown>, name: string, absent: A): A | undefined =>
  shape.at([name]) === undefined || shape.at([name]) === null ? absent : shape.read(codec, [name])

type Placed = Pick<Settings, 'listen' | 'admin' | 'journal' | 'limits' | 'retention'>

/** Where the server listens, where it writes and what it lets in. */
const readPlaces = (shape: ConfigDocument, directory: string): Placed | undefined => {
  const near = (path: string): string => resolve(directory, path)
  const listen = optionalPart(shape, ListenEntry, 'listen', {})
  const admin = optionalPart(shape, AdminEntry, 'admin', {})
  const limits = optionalPart(shape, LimitsEntry, 'limits', {})
  const retention = optionalPart(shape, RetentionEntry, 'retention', {})
  const inMemory = shape.at(['journal', 'use']) === 'memory'
  const journal = inMemory ? shape.read(MemoryEntry, ['journal']) : optionalPart(shape, SqliteEntry, 'journal', {})
  if (!listen || !admin || !journal || !limits || !retention) return undefined
  const { cert, key } = listen.tls ?? {}
  return {
    listen: {
      ...defaults.listen,
      ...listen,
      ...(cert !== undefined && key !== undefined && { tls: { cert: near(cert), key: near(key) } }),
    },
    admin: { ...defaults.admin, ...admin },
    journal:
      journal.use === 'memory'
        ? { use: 'memory' }
        : { use: 'sqlite', path: near('path' in journal && journal.path !== undefined ? journal.path : defaults.journal.path) },
    limits,
    retention,
  }
}

/** Who could reach what, and must not. */
const checkReach = (shape: ConfigDocument, { listen, admin }: Placed, unsigned: boolean): void => {
  if (unsigned && !isLoopback(listen.host))
    shape.report(['listen', 'host'], 'with `verify: none` whoever reaches this address can send callbacks', 'warning')
  if (admin.token === undefined && !isLoopback(admin.host))
    shape.report(['admin', 'host'], 'off loopback the admin listener needs a `token`')
}

/** Reads a configuration from its text. `file` names it in problems, and relative paths count from its directory. */
export const readConfigText = async (text: string, file: string, env: NodeJS.ProcessEnv): Promise<ConfigResult> => {
  const report = createReport(file)
  const directory = dirname(file)
  const document = readYaml(text, createInterpolate(env, directory), report)
  if (!document) return { ...empty, file, problems: report.problems() }

  const shape = createConfigDocument(document, report)
  const load = loaderFor(directory)
  shape.onlyKeys([], Object.keys(parts))
  const places = readPlaces(shape, directory)
  const { apps, entries: appEntries } = readApps(shape)
  const { plugins, entries: pluginEntries, specifiers, complete } = await loadPlugins(shape, load)
  const { sinks, entries: sinkEntries, blocked } = await makeSinks(shape, load, directory)
  const routes = readRoutes(shape)
  const { decisions, entries: decisionEntries } = await loadDecisions(shape, load, { plugins, complete })

  if (places) {
    const unsigned = apps.some(({ verify }) => verify === 'none')
    checkReach(shape, places, unsigned)
  }
  validateParts(shape, { apps, plugins, sinks, routes, decisions, appEntries, pluginEntries, complete })
  return {
    file,
    apps,
    plugins,
    sinks,
    routes,
    decisions,
    problems: report.problems(),
    blocked: blocked.map(({ at, message }) => ({ file, ...shape.positionOf(at), message, level: 'warning' })),
    isInterpolated: shape.isInterpolated,
    ...(places && { settings: { ...places, apps, plugins: specifiers, sinks: sinkEntries, routes, decisions: decisionEntries } }),
  }
}

/** Reads a configuration. Nothing that is written in it makes this reject: what is wrong is in `problems`. */
export const readConfig = async (file: string, env: NodeJS.ProcessEnv): Promise<ConfigResult> => {
  const read = readTextFile(file)
  if ('text' in read) return readConfigText(read.text, file, env)
  const message = `cannot be read: ${read.refused}; write a callboard.yaml, name another file with -c, or try \`callboard start --demo\``
  return { ...empty, file, problems: [{ file, ...TOP, message: message, level: 'error' }] }
}
