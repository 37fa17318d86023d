import { systemClock } from '@callboard/core'
import type { AdminConnection } from '../../admin/connect.ts'
import { createProgressLine } from '../../util/progress-line.ts'
import { createRateLimit, type RateLimit } from '../../util/rate-limit.ts'
import type { Selection } from './selection.ts'

/** The request for one batch. */
export interface BatchRequest {
  readonly limit: number
  readonly cursor?: string
}

/** The result of one batch. `processed` counts against the limit. */
export interface BatchResult {
  readonly processed: number
  readonly more: boolean
  readonly next?: string
}

/** How batches are run. */
export interface BatchOptions<R> {
  /** The maximum number to process in all batches. */
  readonly limit: number
  readonly batchSize: number
  readonly rateLimit: RateLimit
  /** Receives each result. */
  readonly onBatch: (result: R) => void
}

/** Runs one batch after the other, until there is no more or `limit` is reached. Returns their results. */
export const runInBatches = async <R extends BatchResult>(
  runBatch: (request: BatchRequest) => Promise<R>,
  { limit, batchSize, rateLimit, onBatch }: BatchOptions<R>,
): Promise<readonly R[]> => {
  const results: R[] = []
  let left = limit
  let cursor: string | undefined
  while (left > 0) {
    const result = await runBatch({ limit: Math.min(left, batchSize), ...(cursor !== undefined && { cursor }) })
    results.push(result)
    onBatch(result)
    left -= result.processed
    if (!result.more || result.next === undefined) break
    cursor = result.next
    if (left > 0) await rateLimit.next(result.processed)
  }
  return results
}

/** A sink whose dead deliveries are changed. */
export interface SinkChange {
  readonly sink: string
  /** Discards its pending deliveries as well. */
  readonly pending: boolean
}

/** A change of dead deliveries. */
export interface DeliveryChange {
  readonly verb: 'replay' | 'discard'
  readonly selection: Selection
  readonly key?: string
  readonly reason?: string
  /** The maximum number of deliveries, over all sinks. */
  readonly limit: number
  readonly dryRun: boolean
  readonly by: string
  /** Deliveries per second. Absent: no limit. */
  readonly rate?: number
}

/** The result of a change of deliveries. */
export interface DeliveryChangeResult {
  /** The number of changed deliveries by sink, without sinks that have none. */
  readonly sinks: Readonly<Record<string, number>>
  /** The number of deliveries that were skipped because they are in flight. */
  readonly busy: number
}

/** Replays or discards dead deliveries, sink after sink. */
export const changeDeliveries = async (
  { admin }: AdminConnection,
  sinks: readonly SinkChange[],
  { verb, selection, key, reason, limit, dryRun, by, rate }: DeliveryChange,
): Promise<DeliveryChangeResult> => {
  const filter = { ...selection, ...(key !== undefined && { key }), ...(reason !== undefined && { reason }), dryRun, by }
  const rateLimit = createRateLimit(rate, systemClock)
  const progress = createProgressLine()
  const counts: Record<string, number> = {}
  let total = 0
  let busy = 0
  for (const { sink, pending } of sinks) {
    const before = total
    const results = await runInBatches(
      async (batch) => {
        const request = { ...filter, ...batch, sink }
        const response = await (verb === 'replay' ? admin.replay(request) : admin.discard({ ...request, ...(pending && { pending }) }))
        return { ...response, processed: response.changed }
      },
      {
        limit: limit - total,
        batchSize: rateLimit.batchSize,
        rateLimit,
        onBatch: ({ processed }) => {
          total += processed
          progress.show(`${sink}: ${total} deliveries`)
        },
      },
    )
    if (total > before) counts[sink] = total - before
    // The first batch counts all deliveries in flight; each later one counts those behind its cursor again.
    busy += results[0]?.busy ?? 0
  }
  progress.clear()
  return { sinks: counts, busy }
}

/** A change of quarantined events. */
export type EventChange = Pick<DeliveryChange, 'selection' | 'limit' | 'dryRun' | 'by'>

/** The numbers of quarantined events that were accepted, and that still cannot be decoded. */
export interface EventChangeResult {
  readonly reprocessed: number
  readonly refused: number
}

/** Decoding blocks the server, so these batches are small. */
const REPROCESS_BATCH_SIZE = 50

/** Decodes quarantined events again and accepts those that can be decoded now. */
export const reprocessEvents = async (
  { admin }: AdminConnection,
  { selection, limit, dryRun, by }: EventChange,
): Promise<EventChangeResult> => {
  const progress = createProgressLine()
  let reprocessed = 0
  let refused = 0
  await runInBatches(
    async (batch) => {
      const response = await admin.reprocess({ ...selection, ...batch, dryRun, by })
      return { ...response, processed: response.changed + response.refused }
    },
    {
      limit,
      batchSize: REPROCESS_BATCH_SIZE,
      rateLimit: createRateLimit(undefined, systemClock),
      onBatch: (result) => {
        reprocessed += result.changed
        refused += result.refused
        progress.show(`${reprocessed + refused} quarantined events`)
      },
    },
  )
  progress.clear()
  return { reprocessed, refused }
}
