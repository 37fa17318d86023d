import { realpathSync } from 'node:fs'
import { type Dispatcher, type Journal, type Log, type Retention, retentionLimits } from '@callboard/core'
import { suggest } from '../util/did-you-mean.ts'
import { type AdminApi, AdminError } from './admin-api.ts'
import type { ReplayRequest } from './asked.ts'
import { type KnownSink, MAX_BLOCKED_KEYS, sinkStatuses } from './sink-status.ts'

/** The Callboard in this process. */
export interface LocalAdminDeps {
  readonly callboard: Pick<Dispatcher, 'sinks' | 'replay' | 'discard' | 'reprocess' | 'resume' | 'testSink'>
  readonly journal: Pick<Journal, 'description' | 'durability' | 'stats' | 'blocked' | 'prune'>
  readonly journalFile?: string
  /** What is kept where nothing else is asked for. */
  readonly retention?: Retention
  /** What was changed is told here, with who asked. */
  readonly log: Log
  /** Does it deliver? Otherwise nobody can tell how a sink is doing. */
  readonly delivers: boolean
}

const DEFAULT_BATCH_SIZE = 500
const DEFAULT_REPROCESS_BATCH_SIZE = 50
const UNKNOWN_USER = 'somebody'

const changeOf = ({ reason, limit = DEFAULT_BATCH_SIZE, by = UNKNOWN_USER, ...asked }: ReplayRequest) => ({
  ...asked,
  ...(reason !== undefined && { error: reason }),
  limit,
  by,
})

const realPath = (file: string): string => {
  try {
    return realpathSync(file)
  } catch {
    return file
  }
}

/** Which names there are: `there are crm, log, did you mean "crm"?` */
export const unknownSinkMessage = (name: string, names: readonly string[]): string =>
  `no sink is called ${JSON.stringify(name)}${suggest(name, names)} (there ${names.length === 1 ? 'is' : 'are'} ${names.join(', ') || 'none'})`

/** Asks the Callboard in this process. What must not be is `Refused`; other rejections are the journal's. */
export const localAdmin = ({ callboard, journal, journalFile, retention = {}, log, delivers }: LocalAdminDeps): AdminApi => {
  const states = (): readonly KnownSink[] => callboard.sinks().map((state) => (delivers ? state : { name: state.name, kind: state.kind }))
  const configured = () => states().map(({ name }) => name)
  const isConfigured = (sink: string) => configured().includes(sink)
  const refuseUnknown = (sink: string): never => {
    throw new AdminError(404, unknownSinkMessage(sink, configured()))
  }

  return {
    sinks: async () => sinkStatuses(states(), await journal.stats(), (sink) => journal.blocked(sink, MAX_BLOCKED_KEYS)),
    resume: async (sink) => {
      if (!callboard.resume(sink)) refuseUnknown(sink)
      log.info({ sink }, 'a sink was resumed')
    },
    test: async (sink, { command }) => {
      if (!isConfigured(sink)) refuseUnknown(sink)
      const tried = await callboard.testSink(sink, command)
      return tried ?? Promise.reject(new AdminError(404, command === undefined ? 'there is no plugin' : `no plugin declares ${command}`))
    },
    replay: async (asked) => {
      const { sink } = asked
      if (!isConfigured(sink)) {
        const known = Object.hasOwn((await journal.stats()).sinks, sink)
        if (!known) refuseUnknown(sink)
        throw new AdminError(
          409,
          `the configuration no longer names the sink ${sink}, so nothing can be replayed to it: configure it again, or discard what it has`,
        )
      }
      const change = changeOf(asked)
      const changed = await callboard.replay({ ...change, from: ['dead'] })
      if (!change.dryRun && changed.changed > 0) log.info({ sink, by: change.by, changed: changed.changed }, 'dead deliveries are replayed')
      return changed
    },
    discard: async ({ pending = false, ...asked }) => {
      const { sink } = asked
      if (!isConfigured(sink) && !Object.hasOwn((await journal.stats()).sinks, sink)) refuseUnknown(sink)
      if (pending && isConfigured(sink))
        throw new AdminError(409, `${sink} is configured: what is pending there is delivered, and only what is dead can be discarded`)
      const change = changeOf(asked)
      const changed = await callboard.discard({ ...change, from: pending ? ['dead', 'pending'] : ['dead'] })
      if (!change.dryRun && changed.changed > 0) log.warn({ sink, by: change.by, changed: changed.changed }, 'deliveries were discarded')
      return changed
    },
    reprocess: async ({ by = UNKNOWN_USER, limit = DEFAULT_REPROCESS_BATCH_SIZE, ...asked }) => {
      const reprocessed = await callboard.reprocess({ ...asked, limit })
      const { changed, refused } = reprocessed
      if (!asked.dryRun && changed + refused > 0) log.info({ by, changed, refused }, 'quarantined events were looked at again')
      return reprocessed
    },
    prune: async ({ limit = DEFAULT_BATCH_SIZE, by = UNKNOWN_USER, ...asked }) => {
      const pruned = await journal.prune(retentionLimits({ ...retention, ...asked }, limit))
      if (pruned.events > 0) log.info({ by, events: pruned.events }, 'old events were removed from the journal')
      return pruned
    },
    journal: async () => {
      const { events, bytes } = await journal.stats()
      const { description, durability } = journal
      return { description, durability, events, bytes, ...(journalFile !== undefined && { file: realPath(journalFile) }) }
    },
  }
}
