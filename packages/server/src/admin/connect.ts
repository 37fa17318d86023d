import { existsSync } from 'node:fs'
import { createDispatcher, type Journal, type Sink, type SinkFunction, silentLog } from '@callboard/core'
import { JournalBusyError } from '@callboard/journal'
import { type LoadedConfig, loadConfigOrDemo } from '../config/load.ts'
import { openJournal } from '../config/open-journal.ts'
import { OperatorError } from '../util/operator-error.ts'
import type { AdminApi } from './admin-api.ts'
import { findServer } from './find-server.ts'
import { localAdmin } from './local-admin.ts'

/** Which configuration, and which admin listener where it is not the configured one. */
export interface AdminTarget {
  readonly config?: string
  readonly admin?: string
}

/** Somebody to ask for changes. */
export interface AdminConnection {
  readonly admin: AdminApi
  /** Does a server deliver what is changed, or will the next start? */
  readonly running: boolean
  readonly close: () => Promise<void>
}

/** As configured, but never opened: nothing is delivered from here. */
const closed = (sink: Sink | SinkFunction): Sink | SinkFunction =>
  typeof sink === 'function'
    ? sink
    : { ...sink, open: async () => ({ write: () => Promise.reject(new Error('nothing is delivered here')) }) }

/** A journal that hands out no work. */
const resting = (journal: Journal): Journal => ({ ...journal, claim: async () => ({ claims: [] }) })

const lockFailure = (error: unknown, url: string): unknown =>
  error instanceof OperatorError && error.cause instanceof JournalBusyError
    ? new OperatorError('busy', `${error.message}, but no admin listener answers at ${url}: say where it is with --admin URL`, {
        cause: error.cause,
      })
    : error

/** Opens the journal itself: the rules are those of a running Callboard, but nothing is delivered. */
const openHere = async ({ service, journal: settings }: LoadedConfig, url: string): Promise<AdminConnection> => {
  if (settings.use === 'memory')
    throw new OperatorError('unavailable', `the journal is in memory, and no server answers at ${url}: there is nothing to change`)
  if (!existsSync(settings.path))
    throw new OperatorError('unavailable', `there is no journal at ${settings.path} yet: \`callboard start\` makes it`)
  const journal = await openJournal(settings, silentLog).catch((error: unknown) => {
    throw lockFailure(error, url)
  })
  const { settings: _, ...parts } = service
  const sinks = Object.fromEntries(Object.entries(service.sinks).map(([name, sink]) => [name, closed(sink)]))
  const callboard = await createDispatcher({ ...parts, sinks, journal: resting(journal), log: silentLog })
  const operator = localAdmin({
    callboard,
    journal,
    journalFile: settings.path,
    ...(service.retention && { retention: service.retention }),
    log: silentLog,
    delivers: false,
  })
  return { admin: operator, running: false, close: () => callboard.stop() }
}

/** The running server if there is one, else the journal itself, under its lock. An OperatorError says what to do where neither is possible. */
export const connectAdmin = async ({ config, admin }: AdminTarget): Promise<AdminConnection> => {
  const configured = await loadConfigOrDemo(config)
  const server = await findServer(configured.service.settings.admin, admin, configured.journal)
  if (server.type === 'ours') return { admin: server.operator, running: true, close: async () => {} }
  if (server.type === 'other')
    throw new OperatorError(
      'unavailable',
      `the Callboard at ${server.url} writes another journal (${server.journal}), so nothing is changed: name its configuration with -c, or the right listener with --admin URL`,
    )
  return openHere(configured, server.url)
}
