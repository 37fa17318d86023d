import { sanitize, systemClock } from '@callboard/core'
import type { AdminApi } from '../../admin/admin-api.ts'
import { type AdminConnection, type AdminTarget, connectAdmin } from '../../admin/connect.ts'
import { unknownSinkMessage } from '../../admin/local-admin.ts'
import type { SinkStatus } from '../../admin/told.ts'
import { currentUser } from '../../util/current-user.ts'
import { OperatorError } from '../../util/operator-error.ts'
import { createProgressLine } from '../../util/progress-line.ts'
import { createRateLimit } from '../../util/rate-limit.ts'
import { print, printError } from '../../util/terminal.ts'
import { EX, type ExitCode } from '../exit-codes.ts'
import { runInBatches } from './in-batches.ts'
import { type DeadFlags, hasSelection, type Selection, selectionFrom, selectsDeliveries } from './selection.ts'
import { type DeadSummary, formatSummary, jsonOf, replayed } from './summary.ts'

/** What the command line says about a change. */
export interface ChangeFlags extends DeadFlags {
  /** Everything there is. */
  readonly all?: boolean
  readonly dryRun?: boolean
  /** Deliveries per second. */
  readonly rate?: number
  readonly by?: string
  readonly admin?: string
}

/** Decoding takes the server's time, so only a few are looked at at a time. */
const REPROCESS_BATCH_SIZE = 50

const isUnconfigured = ({ health }: SinkStatus): boolean => health === 'unconfigured'

/** The sinks that are meant: the one that is named, or all there are. */
const selectedSinks = async (operator: AdminApi, sink: string | undefined): Promise<readonly SinkStatus[]> => {
  const sinks = await operator.sinks()
  if (sink === undefined) return sinks
  const found = sinks.filter(({ name }) => name === sink)
  const [first] = found
  if (!first)
    throw new OperatorError(
      'usage',
      unknownSinkMessage(
        sink,
        sinks.map(({ name }) => name),
      ),
    )
  return found
}

interface Asked {
  readonly flags: ChangeFlags
  readonly meant: Selection
  readonly by: string
}

/** Changes what is dead, sink after sink. */
const changeDeliveries = async (
  { admin, running }: AdminConnection,
  verb: 'replay' | 'discard',
  sinks: readonly SinkStatus[],
  { flags, meant, by }: Asked,
): Promise<Pick<DeadSummary, 'sinks' | 'busy'>> => {
  const { key, reason, limit = Number.POSITIVE_INFINITY, dryRun = false } = flags
  const filter = { ...meant, ...(key !== undefined && { key }), ...(reason !== undefined && { reason }), dryRun, by }
  const pace = createRateLimit(running && !dryRun ? flags.rate : undefined, systemClock)
  const progress = createProgressLine()
  const done = new Map<string, number>()
  let total = 0
  let busy = 0
  for (const { name, health } of sinks) {
    const pending = verb === 'discard' && health === 'unconfigured' && flags.sink === name
    const steps = await runInBatches(
      async (step) => {
        const changed = await (verb === 'replay'
          ? admin.replay({ ...filter, ...step, sink: name })
          : admin.discard({ ...filter, ...step, sink: name, ...(pending && { pending }) }))
        return { ...changed, processed: changed.changed }
      },
      {
        most: limit - total,
        atOnce: pace.batchSize,
        pace,
        seen: ({ processed }) => {
          total += processed
          progress.show(`${name}: ${total} deliveries so far`)
        },
      },
    )
    done.set(
      name,
      steps.reduce((sum, { processed }) => sum + processed, 0),
    )
    // Each step counts those that lie before it: the first one counts them all.
    busy += steps[0]?.busy ?? 0
  }
  progress.clear()
  return { sinks: Object.fromEntries([...done].filter(([, count]) => count > 0)), busy }
}

/** Looks at quarantined events again, with the plugins of today. */
const reprocess = async (
  { admin }: AdminConnection,
  { flags, meant, by }: Asked,
  most: number,
): Promise<Pick<DeadSummary, 'reprocessed' | 'refused'>> => {
  const progress = createProgressLine()
  let seen = 0
  const steps = await runInBatches(
    async (step) => {
      const told = await admin.reprocess({ ...meant, ...step, dryRun: flags.dryRun ?? false, by })
      return { ...told, processed: told.changed + told.refused }
    },
    {
      most,
      atOnce: REPROCESS_BATCH_SIZE,
      pace: createRateLimit(undefined, systemClock),
      seen: ({ processed }) => {
        seen += processed
        progress.show(`${seen} quarantined events looked at`)
      },
    },
  )
  progress.clear()
  return {
    reprocessed: steps.reduce((sum, { changed }) => sum + changed, 0),
    refused: steps.reduce((sum, { refused }) => sum + refused, 0),
  }
}

const missingSelection = (verb: 'replay' | 'discard'): OperatorError =>
  new OperatorError(
    'usage',
    `say which to ${verb}: by id, --sink, --command, --since and the like, or --all; with --dry-run they are only counted`,
  )

const withOperator = async (where: AdminTarget, run: (opened: AdminConnection) => Promise<void>): Promise<ExitCode> => {
  const opened = await connectAdmin(where)
  try {
    await run(opened)
    return EX.ok
  } finally {
    await opened.close()
  }
}

/** `dead replay`: delivers again what was given up, and accepts what today's plugins understand. */
export const replayDead = (ids: readonly string[], flags: ChangeFlags, where: AdminTarget): Promise<ExitCode> => {
  if (!flags.all && !hasSelection(flags, ids)) throw missingSelection('replay')
  const { limit = Number.POSITIVE_INFINITY, dryRun = false, quarantined = false } = flags
  if (quarantined && selectsDeliveries(flags))
    throw new OperatorError('usage', '--quarantined goes with neither --sink, --key nor --reason: a quarantined event has no delivery')
  return withOperator(where, async (opened) => {
    const asked = { flags, meant: selectionFrom(flags, ids), by: currentUser(flags.by) }
    const sinks = await selectedSinks(opened.admin, flags.sink)
    const gone = sinks.filter((sink) => isUnconfigured(sink) && sink.dead > 0)
    const deliverable = flags.sink === undefined ? sinks.filter((sink) => !isUnconfigured(sink)) : sinks
    const deliveries = quarantined ? { sinks: {}, busy: 0 } : await changeDeliveries(opened, 'replay', deliverable, asked)
    const left = limit - replayed(deliveries)
    const events = selectsDeliveries(flags) ? { reprocessed: 0, refused: 0 } : await reprocess(opened, asked, left)
    const done: DeadSummary = { verb: 'replay', dryRun, ...deliveries, ...events }
    print(flags.json ? jsonOf(done) : formatSummary(done))
    if (!opened.running && !dryRun && !flags.json && replayed(done) + done.reprocessed > 0)
      printError('no server is running: what was replayed is delivered after the next `callboard start`')
    if (!quarantined && flags.sink === undefined && gone.length > 0)
      printError(sanitize(`left as it is, for the configuration no longer names the sink: ${gone.map(({ name }) => name).join(', ')}`))
  })
}

/** `dead discard`: ends dead deliveries for good; and the pending ones of a sink that is named and no longer configured. */
export const discardDead = (ids: readonly string[], flags: ChangeFlags, where: AdminTarget): Promise<ExitCode> => {
  if (!flags.all && !hasSelection(flags, ids)) throw missingSelection('discard')
  return withOperator(where, async (opened) => {
    const sinks = await selectedSinks(opened.admin, flags.sink)
    const deliveries = await changeDeliveries(opened, 'discard', sinks, {
      flags,
      meant: selectionFrom(flags, ids),
      by: currentUser(flags.by),
    })
    const done: DeadSummary = { verb: 'discard', dryRun: flags.dryRun ?? false, ...deliveries, reprocessed: 0, refused: 0 }
    print(flags.json ? jsonOf(done) : formatSummary(done))
  })
}
