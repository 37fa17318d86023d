import { dirname, resolve } from 'node:path'
import type { ConfiguredDecision, Options, Plugin } from '@callboard/core'
import { checkJournalPath } from '@callboard/journal'
import { findFileProblem } from '@callboard/sinks'
import type * as t from 'io-ts'
import { isLoopback } from '../util/addresses.ts'
import { messageOf } from '../util/errors.ts'
import { readTextFile } from '../util/files.ts'
import { readCertificate } from './certificate/certificate.ts'
import { type ConfigProblem, createProblemList, START_OF_FILE } from './problems.ts'
import { readApps, readRoutes } from './resolve/apps-and-routes.ts'
import { loadDecisions } from './resolve/decisions.ts'
import { fileCollisions, journalFiles, type UsedFile } from './resolve/file-collisions.ts'
import { createModuleLoader } from './resolve/load-module.ts'
import { loadPlugins } from './resolve/plugins.ts'
import { sampleProblems } from './resolve/sample-problems.ts'
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
  TlsEntry,
} from './schema/codecs.ts'
import type { Certificate, CertificateFiles } from './service.ts'
import { validateParts } from './validate.ts'
import { type ConfigDocument, createConfigDocument } from './yaml/document.ts'
import { createInterpolate } from './yaml/interpolate.ts'
import { parseYaml } from './yaml/parse.ts'
import type { Path } from './yaml/source-map.ts'

/**
 * The purpose of reading a configuration. `reload`: also reads the certificates, which a running server takes over. `start`: also checks all
 * else that a server needs. `check`: also checks what `start` finds out later.
 */
export type Purpose = 'read' | 'reload' | 'start' | 'check'

/** The valid parts of a configuration, and every problem in it. */
export interface ConfigResult extends Pick<Options, 'apps' | 'plugins' | 'sinks' | 'routes'> {
  readonly file: string
  readonly decisions: readonly ConfiguredDecision[]
  /** Absent if a listener, the journal, the limits or the retention are invalid. */
  readonly settings?: Settings
  /** Present if the purpose needs it, and its files are in order. */
  readonly certificate?: Certificate
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

/** Reads the files of `listen.tls`, also if another key of `listen` is wrong. Makes their paths absolute. */
const readTlsFiles = (document: ConfigDocument, absolute: (path: string) => string): CertificateFiles | undefined => {
  if (document.valueAt(['listen', 'tls']) === undefined) return undefined
  const entry = document.decode(TlsEntry, ['listen', 'tls'])
  if (!entry) return undefined
  const { cert, key, ca } = entry
  return { cert: absolute(cert), key: absolute(key), ...(ca !== undefined && { ca: absolute(ca) }) }
}

/** Reads the parts that need no modules. Fills in defaults and makes paths absolute. */
const readServerSettings = (document: ConfigDocument, absolute: (path: string) => string): ServerSettings | undefined => {
  const listen = decodeOptional(document, ListenEntry, 'listen', {})
  const admin = decodeOptional(document, AdminEntry, 'admin', {})
  const limits = decodeOptional(document, LimitsEntry, 'limits', {})
  const retention = decodeOptional(document, RetentionEntry, 'retention', {})
  const inMemory = document.valueAt(['journal', 'use']) === 'memory'
  const journal = inMemory ? document.decode(MemoryEntry, ['journal']) : decodeOptional(document, SqliteEntry, 'journal', {})
  if (!listen || !admin || !journal || !limits || !retention) return undefined
  const { tls: _, ...others } = listen
  const tls = readTlsFiles(document, absolute)
  return {
    listen: { ...defaults.listen, ...others, ...(tls && { tls }) },
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

/** Reads the files of a certificate. Reports every problem with them. */
const checkCertificate = (document: ConfigDocument, files: CertificateFiles | undefined): Certificate | undefined => {
  if (!files) return undefined
  const { certificate, problems } = readCertificate(files, Date.now())
  for (const { at, message, level } of problems) document.report(['listen', 'tls', at], message, level)
  return certificate
}

/** Reports why `start` could not open the journal. */
const checkJournal = (document: ConfigDocument, journal: Settings['journal']): void => {
  if (journal.use === 'memory') return
  try {
    checkJournalPath(journal.path)
  } catch (error) {
    document.report(['journal', 'path'], messageOf(error))
  }
}

/**
 * Reports the file sinks that would write to the journal, to the configuration, to a certificate, or to the file of another sink.
 * `check` also reports what would fail their deliveries. `start` logs that, and the sink tries again.
 */
const checkSinkFiles = async (
  document: ConfigDocument,
  sinks: Settings['sinks'],
  used: readonly UsedFile[],
  purpose: Purpose,
): Promise<void> => {
  const fileSinks = Object.entries(sinks).flatMap(([name, { use, path, rotate }]) =>
    use === 'file' && typeof path === 'string' ? [{ name, path, rotates: rotate !== undefined }] : [],
  )
  const collisions = fileCollisions(fileSinks, used)
  for (const { sink, message } of collisions) document.report(['sinks', sink, 'path'], message)
  if (purpose !== 'check') return
  for (const { name, path } of fileSinks) {
    const problem = collisions.some(({ sink }) => sink === name) ? undefined : await findFileProblem(path)
    if (problem !== undefined) document.report(['sinks', name, 'path'], problem)
  }
}

/** Reports what a plugin does wrong with its own sample. `entry` is the index of its module in the list `plugins`. */
const checkSample = (document: ConfigDocument, plugin: Plugin, entry: number): void => {
  const path = ['plugins', entry]
  for (const problem of sampleProblems(plugin)) document.report(path, `${document.valueAt(path)}: ${problem}`)
}

/** Reads a configuration from its text. `file` names it in problems; relative paths start at its directory. Never rejects. */
export const readConfigText = async (
  text: string,
  file: string,
  env: NodeJS.ProcessEnv,
  purpose: Purpose = 'read',
): Promise<ConfigResult> => {
  const problems = createProblemList(file)
  const directory = dirname(file)
  const parsed = parseYaml(text, createInterpolate(env, directory), problems)
  if (!parsed) return { ...EMPTY_RESULT, file, problems: problems.sorted() }

  const document = createConfigDocument(parsed, problems)
  const load = createModuleLoader(directory)
  document.allowKeys([], Object.keys(parts))
  const absolute = (path: string): string => resolve(directory, path)
  const serverSettings = readServerSettings(document, absolute)
  const tlsFiles = readTlsFiles(document, absolute)
  const certificate = purpose === 'read' ? undefined : checkCertificate(document, tlsFiles)
  const { apps, entries: appEntries } = readApps(document)
  const { plugins, entries: pluginEntries, specifiers, complete } = await loadPlugins(document, load)
  if (purpose === 'start' || purpose === 'check')
    for (const [index, plugin] of plugins.entries()) checkSample(document, plugin, pluginEntries[index] ?? 0)
  const { sinks, entries: sinkEntries, blocked } = await resolveSinks(document, load, directory)
  const routes = readRoutes(document)
  const { decisions, entries: decisionEntries } = await loadDecisions(document, load, { plugins, complete })

  if (purpose === 'start' || purpose === 'check') {
    const used = [
      ...(serverSettings?.journal.use === 'sqlite' ? journalFiles(serverSettings.journal.path) : []),
      { path: file, use: 'the configuration' },
      ...Object.values(tlsFiles ?? {}).map((path) => ({ path, use: '`listen.tls`' })),
    ]
    await checkSinkFiles(document, sinkEntries, used, purpose)
  }
  if (purpose === 'check' && serverSettings) checkJournal(document, serverSettings.journal)
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
    ...(certificate && { certificate }),
    problems: problems.sorted(),
    blocked: blocked.map(({ path, message }) => ({ file, ...document.positionOf(path), message, level: 'warning' })),
    isInterpolated: document.isInterpolated,
    ...(serverSettings && {
      settings: { ...serverSettings, apps, plugins: specifiers, sinks: sinkEntries, routes, decisions: decisionEntries },
    }),
  }
}

/** Reads a configuration file. Never rejects: `problems` lists every mistake, also a file that cannot be read. */
export const readConfig = async (file: string, env: NodeJS.ProcessEnv, purpose?: Purpose): Promise<ConfigResult> => {
  const read = readTextFile(file)
  if ('text' in read) return readConfigText(read.text, file, env, purpose)
  const message = `cannot read the file: ${read.reason}; run \`callboard init\` to write one, or name another file with -c`
  return { ...EMPTY_RESULT, file, problems: [{ file, ...START_OF_FILE, message, level: 'error' }] }
}
