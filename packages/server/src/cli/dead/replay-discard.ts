import { sanitize } from '@callboard/core'
import type { AdminApi, SinkStatus } from '../../admin/admin-api.ts'
import { type AdminConnection, type AdminTarget, connectAdmin } from '../../admin/connect.ts'
import { unknownSinkMessage } from '../../admin/local-admin.ts'
import { currentUser } from '../../util/current-user.ts'
import { OperatorError } from '../../util/operator-error.ts'
import { print, printError } from '../../util/terminal.ts'
import { EX, type ExitCode } from '../exit-codes.ts'
import { plural } from '../shared/format.ts'
import { changeDeliveries, type DeliveryChangeResult, type EventChangeResult, reprocessEvents } from './in-batches.ts'
import { type DeadFlags, hasSelection, selectionFrom, selectsDeliveries } from './selection.ts'

/** The flags of `dead replay` and `dead discard`. */
export interface ChangeFlags extends DeadFlags {
  /** Selects everything. */
  readonly all?: boolean
  readonly dryRun?: boolean
  /** Deliveries per second. */
  readonly rate?: number
  readonly by?: string
  readonly admin?: string
}

/** The result of `dead replay` or `dead discard`. */
export interface DeadSummary extends DeliveryChangeResult, EventChangeResult {
  readonly verb: 'replay' | 'discard'
  readonly dryRun: boolean
}

const VERBS = {
  replay: { past: 'replayed', conditional: 'would replay' },
  discard: { past: 'discarded', conditional: 'would discard' },
} as const

const deliveryCount = ({ sinks }: Pick<DeadSummary, 'sinks'>): number => Object.values(sinks).reduce((sum, count) => sum + count, 0)

/** Formats a summary as one line of text. */
export const formatSummary = (summary: DeadSummary): string => {
  const { verb, dryRun, sinks, busy, reprocessed, refused } = summary
  const count = deliveryCount(summary)
  const perSink = Object.entries(sinks).map(([name, number]) => `${name} ${number}`)
  const changed = VERBS[verb][dryRun ? 'conditional' : 'past']
  const parts = [
    ...(count > 0 ? [`${changed} ${plural(count, 'delivery', 'deliveries')} (${perSink.join(', ')})`] : []),
    ...(reprocessed > 0 ? [`${dryRun ? 'would accept' : 'accepted'} ${plural(reprocessed, 'quarantined event')}`] : []),
    ...(refused > 0 ? [`${plural(refused, 'quarantined event')} still cannot be decoded`] : []),
    ...(busy > 0 ? [`skipped ${plural(busy, 'delivery', 'deliveries')} in flight`] : []),
  ]
  return sanitize(parts.length === 0 ? `nothing to ${verb}: no match` : parts.join('; '))
}

const toSummaryJson = (summary: DeadSummary) => {
  const { verb, dryRun, sinks, busy, reprocessed, refused } = summary
  const count = deliveryCount(summary)
  return { ...(verb === 'replay' ? { replayed: count, reprocessed, refused } : { discarded: count }), sinks, busy, dryRun }
}

const printSummary = (summary: DeadSummary, json = false): void =>
  print(json ? JSON.stringify(toSummaryJson(summary)) : formatSummary(summary))

/** Returns the sink with this name, or all sinks. */
const selectedSinks = async (admin: AdminApi, name: string | undefined): Promise<readonly SinkStatus[]> => {
  const sinks = await admin.sinks()
  if (name === undefined) return sinks
  const found = sinks.filter((sink) => sink.name === name)
  if (found.length > 0) return found
  const names = sinks.map((sink) => sink.name)
  throw new OperatorError('usage', unknownSinkMessage(name, names))
}

const isUnconfigured = ({ health }: SinkStatus): boolean => health === 'unconfigured'

const requireSelection = (flags: ChangeFlags, ids: readonly string[]): void => {
  if (!flags.all && !hasSelection(flags, ids))
    throw new OperatorError('usage', 'nothing selected: pass an id, --sink, --command, --since, or --all; --dry-run only counts')
}

const deliveryChange = (verb: 'replay' | 'discard', flags: ChangeFlags, ids: readonly string[]) => {
  const { key, reason, limit = Number.POSITIVE_INFINITY, dryRun = false, by } = flags
  return {
    verb,
    selection: selectionFrom(flags, ids),
    ...(key !== undefined && { key }),
    ...(reason !== undefined && { reason }),
    limit,
    dryRun,
    by: currentUser(by),
  }
}

const withAdminConnection = async (target: AdminTarget, run: (connection: AdminConnection) => Promise<void>): Promise<ExitCode> => {
  const connection = await connectAdmin(target)
  try {
    await run(connection)
    return EX.ok
  } finally {
    await connection.close()
  }
}

const NO_DELIVERIES: DeliveryChangeResult = { sinks: {}, busy: 0 }
const NO_EVENTS: EventChangeResult = { reprocessed: 0, refused: 0 }

/** Runs `dead replay`: delivers dead deliveries again and accepts quarantined events that can be decoded now. */
export const replayDead = (ids: readonly string[], flags: ChangeFlags, target: AdminTarget): Promise<ExitCode> => {
  requireSelection(flags, ids)
  const { quarantined = false, sink, rate, json } = flags
  if (quarantined && selectsDeliveries(flags))
    throw new OperatorError(
      'usage',
      'cannot combine --quarantined with --sink, --key or --reason: a quarantined event has no deliveries and no key',
    )
  return withAdminConnection(target, async (connection) => {
    const { running } = connection
    const change = deliveryChange('replay', flags, ids)
    const sinks = await selectedSinks(connection.admin, sink)
    // A sink that is named is passed on even if it is unconfigured: the admin API explains why it cannot be replayed.
    const replayable = sinks.filter((status) => sink !== undefined || !isUnconfigured(status))
    const deliveries = quarantined
      ? NO_DELIVERIES
      : await changeDeliveries(
          connection,
          replayable.map(({ name }) => ({ sink: name, pending: false })),
          { ...change, ...(rate !== undefined && running && !change.dryRun && { rate }) },
        )
    const events = selectsDeliveries(flags)
      ? NO_EVENTS
      : await reprocessEvents(connection, { ...change, limit: change.limit - deliveryCount(deliveries) })
    const summary: DeadSummary = { verb: 'replay', dryRun: change.dryRun, ...deliveries, ...events }
    printSummary(summary, json)
    if (!running && !change.dryRun && !json && deliveryCount(summary) + summary.reprocessed > 0)
      printError('no server is running: `callboard start` will deliver the replayed events')
    const skipped = sinks.filter((status) => isUnconfigured(status) && status.dead > 0).map(({ name }) => name)
    if (!quarantined && sink === undefined && skipped.length > 0)
      printError(sanitize(`these sinks are no longer configured, so their deliveries were not replayed: ${skipped.join(', ')}`))
  })
}

/** Runs `dead discard`: gives up dead deliveries for good, and the pending ones of a named sink that is no longer configured. */
export const discardDead = (ids: readonly string[], flags: ChangeFlags, target: AdminTarget): Promise<ExitCode> => {
  requireSelection(flags, ids)
  return withAdminConnection(target, async (connection) => {
    const change = deliveryChange('discard', flags, ids)
    const sinks = await selectedSinks(connection.admin, flags.sink)
    const deliveries = await changeDeliveries(
      connection,
      sinks.map((status) => ({ sink: status.name, pending: flags.sink !== undefined && isUnconfigured(status) })),
      change,
    )
    printSummary({ verb: 'discard', dryRun: change.dryRun, ...deliveries, ...NO_EVENTS }, flags.json)
  })
}
