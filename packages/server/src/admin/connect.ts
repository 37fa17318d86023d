import { existsSync } from 'node:fs'
import { createDispatcher, type Journal, type Sink, type SinkFunction, silentLog } from '@callboard/core'
import { JournalBusyError } from '@callboard/journal'
import { type LoadedConfig, loadConfigOrDemo } from '../config/load.ts'
import { openJournal } from '../config/open-journal.ts'
import type { JournalSettings, ListenSettings } from '../config/service.ts'
import { urlOf } from '../util/addresses.ts'
import { realPath } from '../util/files.ts'
import { OperatorError } from '../util/operator-error.ts'
import type { AdminApi } from './admin-api.ts'
import { type AdminEndpoint, adminClient, ping } from './admin-client.ts'
import { localAdmin } from './local-admin.ts'

/** The result of looking for the running server. `other`: the Callboard at this URL writes another journal. */
export type ServerLookup =
  | { readonly type: 'found'; readonly url: string; readonly admin: AdminApi }
  | { readonly type: 'other'; readonly url: string; readonly journal: string }
  | { readonly type: 'none'; readonly url: string }

/** A server that listens on all addresses is reached on loopback. */
const loopbackOf: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' }

const endpointOf = ({ host, port, token }: ListenSettings['admin'], url: string | undefined): AdminEndpoint => ({
  url: url?.replace(/\/+$/, '') ?? urlOf('http', { host: loopbackOf[host] ?? host, port }),
  ...(token !== undefined && { token }),
})

/**
 * Looks for the server that writes this journal. `url` overrides the configured address of the admin listener. Throws an OperatorError
 * if the server rejects the token.
 */
export const findServer = async (
  admin: ListenSettings['admin'],
  url: string | undefined,
  journal: JournalSettings,
): Promise<ServerLookup> => {
  const endpoint = endpointOf(admin, url)
  const response = await ping(endpoint)
  if (!response) return { type: 'none', url: endpoint.url }
  const file = journal.use === 'sqlite' ? realPath(journal.path) : undefined
  return response.file === file && (journal.use === 'memory' || file !== undefined)
    ? { type: 'found', url: endpoint.url, admin: adminClient(endpoint) }
    : { type: 'other', url: endpoint.url, journal: response.description }
}

/** The configuration file, and the URL of the admin listener. Both have defaults. */
export interface AdminTarget {
  readonly config?: string
  readonly admin?: string
}

/** An open connection to an admin API. */
export interface AdminConnection {
  readonly admin: AdminApi
  /** True for a running server. Otherwise the next start delivers what is changed. */
  readonly running: boolean
  readonly close: () => Promise<void>
}

const withoutOpening = (sink: Sink | SinkFunction): Sink | SinkFunction =>
  typeof sink === 'function'
    ? sink
    : { ...sink, open: async () => ({ write: () => Promise.reject(new Error('this process does not deliver')) }) }

const withoutClaims = (journal: Journal): Journal => ({ ...journal, claim: async () => ({ claims: [] }) })

/** A lock is held by a server that could not be found. */
const explainLock = (error: unknown, url: string): unknown =>
  error instanceof OperatorError && error.cause instanceof JournalBusyError
    ? new OperatorError('busy', `${error.message}, but no admin listener responds at ${url}; name its URL with --admin URL`, {
        cause: error.cause,
      })
    : error

/** Opens the journal in this process. The rules are those of a server, but nothing is delivered. */
const openLocally = async ({ service, journal: settings }: LoadedConfig, url: string): Promise<AdminConnection> => {
  if (settings.use === 'memory')
    throw new OperatorError('unavailable', `no server responds at ${url}: an in-memory journal exists only while its server runs`)
  if (!existsSync(settings.path))
    throw new OperatorError('unavailable', `no journal at ${settings.path}; run \`callboard start\` to create it`)
  const journal = await openJournal(settings, silentLog).catch((error: unknown) => {
    throw explainLock(error, url)
  })
  const { settings: _, ...parts } = service
  const sinks = Object.fromEntries(Object.entries(service.sinks).map(([name, sink]) => [name, withoutOpening(sink)]))
  const callboard = await createDispatcher({ ...parts, sinks, journal: withoutClaims(journal), log: silentLog })
  const admin = localAdmin({
    callboard,
    journal,
    journalFile: settings.path,
    ...(service.retention && { retention: service.retention }),
    log: silentLog,
    delivers: false,
  })
  return { admin, running: false, close: () => callboard.stop() }
}

/**
 * Connects to the running server. Without one, opens the journal in this process under its lock. Throws an OperatorError that says what
 * to do if neither works.
 */
export const connectAdmin = async ({ config, admin }: AdminTarget): Promise<AdminConnection> => {
  const loaded = await loadConfigOrDemo(config)
  const server = await findServer(loaded.service.settings.admin, admin, loaded.journal)
  if (server.type === 'found') return { admin: server.admin, running: true, close: async () => {} }
  if (server.type === 'other')
    throw new OperatorError(
      'unavailable',
      `nothing changed: the Callboard at ${server.url} writes another journal (${server.journal}); name its configuration with -c, or another listener with --admin URL`,
    )
  return openLocally(loaded, server.url)
}
