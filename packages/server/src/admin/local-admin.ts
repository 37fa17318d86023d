import { type Dispatcher, type Journal, type Log, type Retention, retentionLimits, suggest } from '@callboard/core'
import { realPath } from '../util/files.ts'
import { type AdminApi, AdminError, type ReplayRequest } from './admin-api.ts'
import { countKept } from './kept-events.ts'
import { type KnownSink, MAX_BLOCKED_KEYS, sinkStatuses } from './sink-status.ts'

/** The Callboard of this process. */
export interface LocalAdminDeps {
  readonly callboard: Pick<Dispatcher, 'sinks' | 'replay' | 'discard' | 'reprocess' | 'resume' | 'testSink'>
  readonly journal: Pick<Journal, 'description' | 'durability' | 'stats' | 'blocked' | 'prune' | 'find'>
  readonly journalFile?: string
  /** The configured retention. A prune request may override it. */
  readonly retention?: Retention
  /** Receives a line for each change, with the user who asked for it. */
  readonly log: Log
  /** False if this process does not deliver. Then the health of sinks is unknown. */
  readonly delivers: boolean
}

const DEFAULT_BATCH_SIZE = 500
const DEFAULT_REPROCESS_BATCH_SIZE = 50
const UNKNOWN_USER = 'somebody'

const toChange = ({ reason, limit = DEFAULT_BATCH_SIZE, by = UNKNOWN_USER, ...filter }: ReplayRequest) => ({
  ...filter,
  ...(reason !== undefined && { error: reason }),
  limit,
  by,
})

/** Explains an unknown sink name and lists the known ones. */
export const unknownSinkMessage = (name: string, names: readonly string[]): string =>
  `unknown sink ${JSON.stringify(name)}${suggest(name, names)} (configured: ${names.join(', ') || 'none'})`

/** Returns the admin API of the Callboard in this process. Its methods reject with an AdminError, or with an error of the journal. */
export const localAdmin = ({ callboard, journal, journalFile, retention = {}, log, delivers }: LocalAdminDeps): AdminApi => {
  const configuredSinks = (): readonly KnownSink[] =>
    callboard.sinks().map((state) => (delivers ? state : { name: state.name, kind: state.kind }))
  const configuredNames = () => configuredSinks().map(({ name }) => name)
  const isConfigured = (sink: string) => configuredNames().includes(sink)
  const isInJournal = async (sink: string) => Object.hasOwn((await journal.stats()).sinks, sink)
  const throwUnknown = (sink: string): never => {
    throw new AdminError(404, unknownSinkMessage(sink, configuredNames()))
  }

  return {
    sinks: async () => sinkStatuses(configuredSinks(), await journal.stats(), (sink) => journal.blocked(sink, MAX_BLOCKED_KEYS)),
    resume: async (sink) => {
      if (!(await callboard.resume(sink))) throwUnknown(sink)
      log.info({ sink }, 'sink resumed')
    },
    test: async (sink, { command }) => {
      if (!isConfigured(sink)) throwUnknown(sink)
      const result = await callboard.testSink(sink, command)
      return result ?? Promise.reject(new AdminError(404, command === undefined ? 'no plugin is loaded' : `no plugin declares ${command}`))
    },
    replay: async (request) => {
      const { sink } = request
      if (!isConfigured(sink)) {
        if (!(await isInJournal(sink))) throwUnknown(sink)
        throw new AdminError(
          409,
          `cannot replay: the configuration no longer names the sink ${sink}; configure it again, or discard its deliveries`,
        )
      }
      const change = toChange(request)
      const result = await callboard.replay({ ...change, from: ['dead'] })
      if (!change.dryRun && result.changed > 0) log.info({ sink, by: change.by, changed: result.changed }, 'dead deliveries replayed')
      return result
    },
    discard: async ({ pending = false, ...request }) => {
      const { sink } = request
      if (!isConfigured(sink) && !(await isInJournal(sink))) throwUnknown(sink)
      if (pending && isConfigured(sink))
        throw new AdminError(409, `cannot discard pending deliveries: the sink ${sink} is configured; only dead ones can be discarded`)
      const change = toChange(request)
      const result = await callboard.discard({ ...change, from: pending ? ['dead', 'pending'] : ['dead'] })
      if (!change.dryRun && result.changed > 0) log.warn({ sink, by: change.by, changed: result.changed }, 'deliveries discarded')
      return result
    },
    reprocess: async ({ by = UNKNOWN_USER, limit = DEFAULT_REPROCESS_BATCH_SIZE, ...request }) => {
      const result = await callboard.reprocess({ ...request, limit })
      const { changed, refused } = result
      if (!request.dryRun && changed + refused > 0) log.info({ by, changed, refused }, 'quarantined events reprocessed')
      return result
    },
    prune: async ({ limit = DEFAULT_BATCH_SIZE, by = UNKNOWN_USER, ...request }) => {
      const limits = retentionLimits({ ...retention, ...request }, limit)
      const result = await journal.prune(limits)
      if (result.events > 0) log.info({ by, events: result.events }, 'old events pruned')
      const kept = result.more ? undefined : await countKept(journal, limits.delivered, Date.now())
      return { ...result, ...(kept && { kept }) }
    },
    journal: async () => {
      const { events, bytes } = await journal.stats()
      const { description, durability } = journal
      return {
        description,
        durability,
        events,
        bytes,
        ...(journalFile !== undefined && { file: realPath(journalFile) ?? journalFile }),
      }
    },
  }
}
