import { type AppendResult, type ClaimRequest, type ClaimResult, type Journal, JournalError, type NewEvent } from '@callboard/core'
import { type EventRow, maxBytesOf, toEventRow, withoutRaw } from './event-row.ts'
import type { AppendOutcome } from './store/append.ts'
import type { WorkerClient } from './worker-client.ts'
import { fromJson, packBodies, toJson, unpackBodies } from './worker-encoding.ts'

const toAppendResult = (id: string, outcome: AppendOutcome | undefined): AppendResult => {
  // Without an outcome the event may not be durable.
  if (outcome === undefined) throw new JournalError('down', `cannot append event ${id}: the worker returned no outcome`)
  if (outcome === null) return { type: 'recorded', id }
  if ('tokens' in outcome) return { type: 'recorded', id, tokens: outcome.tokens }
  return 'error' in outcome ? { type: 'failed', id, error: outcome.error } : { type: 'duplicate', id: outcome.duplicateOf }
}

/** Creates the journal on top of the worker that writes it. */
export const createSqliteJournal = ({ send, close }: WorkerClient, description: string): Journal => {
  const append = async (batch: readonly NewEvent[], handOut: readonly ClaimRequest[] = []): Promise<readonly AppendResult[]> => {
    const rows = batch.map(toEventRow)
    const valid = rows.filter((row): row is EventRow => !('error' in row))
    const response = await send({ verb: 'append', rows: packBodies(valid, withoutRaw), neededBytes: maxBytesOf(valid), handOut })
    const outcomes = fromJson(response).values()
    return batch.map(({ id }, index): AppendResult => {
      const row = rows[index]
      return row && 'error' in row ? { type: 'failed', id, error: row.error } : toAppendResult(id, outcomes.next().value)
    })
  }

  const claim = async (request: ClaimRequest): Promise<ClaimResult> => {
    const { claimed, ...rest } = await send({ verb: 'claim', request })
    const claims = unpackBodies(claimed).map(({ raw, event, token, attempt, replay }) => ({
      token,
      attempt,
      replay,
      event: { ...event, raw },
    }))
    return { ...rest, claims }
  }

  return {
    durability: 'disk',
    description,
    append,
    claim,
    settle: (batch) => send({ verb: 'settle', batch: toJson(batch) }),
    find: (query) => send({ verb: 'find', query }),
    replay: (change) => send({ verb: 'replay', change }),
    discard: (change) => send({ verb: 'discard', change }),
    resume: (sink) => send({ verb: 'resume', sink }),
    prune: (limits) => send({ verb: 'prune', limits }),
    reprocess: (events) => send({ verb: 'reprocess', events }),
    blocked: (sink, limit) => send({ verb: 'blocked', sink, limit }),
    stats: () => send({ verb: 'stats' }),
    close,
  }
}
