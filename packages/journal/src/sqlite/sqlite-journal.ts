import { type AppendResult, type ClaimRequest, type ClaimResult, type Journal, JournalError, type NewEvent } from '@callboard/core'
import { bytesOf, type Row, toRow, withoutRaw } from './event-row.ts'
import type { Fate } from './store/append.ts'
import type { Writer } from './worker-client.ts'
import { hear, pack, say, unpack } from './worker-encoding.ts'

const appendedOf = (id: string, fate: Fate | undefined): AppendResult => {
  // Nothing is called durable that nobody said was.
  if (fate === undefined) throw new JournalError('down', `nobody told what became of event ${id}`)
  if (fate === null) return { type: 'recorded', id }
  if ('tokens' in fate) return { type: 'recorded', id, tokens: fate.tokens }
  return 'error' in fate ? { type: 'failed', id, error: fate.error } : { type: 'duplicate', id: fate.duplicateOf }
}

/** The journal that a writer keeps. */
export const journalOf = ({ ask, close }: Writer, description: string): Journal => {
  const append = async (batch: readonly NewEvent[], handOut: readonly ClaimRequest[] = []): Promise<readonly AppendResult[]> => {
    const rows = batch.map(toRow)
    const sound = rows.filter((row): row is Row => !('error' in row))
    const fates = hear(await ask({ verb: 'append', rows: pack(sound, withoutRaw), needs: bytesOf(sound), handOut })).values()
    return batch.map(({ id }, place): AppendResult => {
      const row = rows[place]
      return row && 'error' in row ? { type: 'failed', id, error: row.error } : appendedOf(id, fates.next().value)
    })
  }

  const claim = async (request: ClaimRequest): Promise<ClaimResult> => {
    const { handed, wait: waitMs } = await ask({ verb: 'claim', request })
    const claims = unpack(handed).map(({ raw, event, token, attempt, replay }) => ({ token, attempt, replay, event: { ...event, raw } }))
    return { claims, ...(waitMs !== undefined && { waitMs }) }
  }

  return {
    durability: 'disk',
    description,
    append,
    claim,
    settle: (batch) => ask({ verb: 'settle', batch: say(batch) }),
    find: (query) => ask({ verb: 'find', query }),
    replay: (change) => ask({ verb: 'replay', change }),
    discard: (change) => ask({ verb: 'discard', change }),
    prune: (keep) => ask({ verb: 'prune', keep }),
    reprocess: (events) => ask({ verb: 'reprocess', events }),
    blocked: (sink, limit) => ask({ verb: 'blocked', sink, limit }),
    stats: () => ask({ verb: 'stats' }),
    close,
  }
}
