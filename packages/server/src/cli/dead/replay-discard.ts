import { printable, systemClock } from '@callboard/core'
import type { Operator } from '../../admin/admin-api.ts'
import { type Opened, openOperator, type Where } from '../../admin/connect.ts'
import { namesLike } from '../../admin/local-admin.ts'
import type { SinkTold } from '../../admin/told.ts'
import { whoAsks } from '../../util/current-user.ts'
import { EX, Exit, type ExitCode } from '../../util/exit.ts'
import { progressOf } from '../../util/progress-line.ts'
import { paceOf } from '../../util/rate-limit.ts'
import { complain, print } from '../../util/terminal.ts'
import { everyStep } from './in-batches.ts'
import { type DeadFlags, type Meant, meansDeliveries, meantBy, saysWhich } from './selection.ts'
import { type Done, jsonOf, replayed, sentenceOf } from './summary.ts'

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
const QUARANTINED_AT_ONCE = 50

const isGone = ({ health }: SinkTold): boolean => health === 'unconfigured'

/** The sinks that are meant: the one that is named, or all there are. */
const sinksMeant = async (operator: Operator, sink: string | undefined): Promise<readonly SinkTold[]> => {
  const sinks = await operator.sinks()
  if (sink === undefined) return sinks
  const found = sinks.filter(({ name }) => name === sink)
  const [first] = found
  if (!first)
    throw new Exit(
      EX.usage,
      namesLike(
        sink,
        sinks.map(({ name }) => name),
      ),
    )
  return found
}

interface Asked {
  readonly flags: ChangeFlags
  readonly meant: Meant
  readonly by: string
}

/** Changes what is dead, sink after sink. */
const changeDead = async (
  { operator, running }: Opened,
  verb: 'replay' | 'discard',
  sinks: readonly SinkTold[],
  { flags, meant, by }: Asked,
): Promise<Pick<Done, 'sinks' | 'busy'>> => {
  const { key, reason, limit = Number.POSITIVE_INFINITY, dryRun = false } = flags
  const filter = { ...meant, ...(key !== undefined && { key }), ...(reason !== undefined && { reason }), dryRun, by }
  const pace = paceOf(running && !dryRun ? flags.rate : undefined, systemClock)
  const progress = progressOf()
  const done = new Map<string, number>()
  let total = 0
  let busy = 0
  for (const { name, health } of sinks) {
    const pending = verb === 'discard' && health === 'unconfigured' && flags.sink === name
    const steps = await everyStep(
      async (step) => {
        const changed = await (verb === 'replay'
          ? operator.replay({ ...filter, ...step, sink: name })
          : operator.discard({ ...filter, ...step, sink: name, ...(pending && { pending }) }))
        return { ...changed, did: changed.changed }
      },
      {
        most: limit - total,
        atOnce: pace.atOnce,
        pace,
        seen: ({ did }) => {
          total += did
          progress.show(`${name}: ${total} deliveries so far`)
        },
      },
    )
    done.set(
      name,
      steps.reduce((sum, { did }) => sum + did, 0),
    )
    // Each step counts those that lie before it: the first one counts them all.
    busy += steps[0]?.busy ?? 0
  }
  progress.clear()
  return { sinks: Object.fromEntries([...done].filter(([, count]) => count > 0)), busy }
}

/** Looks at quarantined events again, with the plugins of today. */
const readmit = async ({ operator }: Opened, { flags, meant, by }: Asked, most: number): Promise<Pick<Done, 'readmitted' | 'refused'>> => {
  const progress = progressOf()
  let seen = 0
  const steps = await everyStep(
    async (step) => {
      const told = await operator.readmit({ ...meant, ...step, dryRun: flags.dryRun ?? false, by })
      return { ...told, did: told.changed + told.refused }
    },
    {
      most,
      atOnce: QUARANTINED_AT_ONCE,
      pace: paceOf(undefined, systemClock),
      seen: ({ did }) => {
        seen += did
        progress.show(`${seen} quarantined events looked at`)
      },
    },
  )
  progress.clear()
  return {
    readmitted: steps.reduce((sum, { changed }) => sum + changed, 0),
    refused: steps.reduce((sum, { refused }) => sum + refused, 0),
  }
}

const notWhich = (verb: 'replay' | 'discard'): Exit =>
  new Exit(EX.usage, `say which to ${verb}: by id, --sink, --command, --since and the like, or --all; with --dry-run they are only counted`)

const withOperator = async (where: Where, run: (opened: Opened) => Promise<void>): Promise<ExitCode> => {
  const opened = await openOperator(where)
  try {
    await run(opened)
    return EX.ok
  } finally {
    await opened.close()
  }
}

/** `dead replay`: delivers again what was given up, and accepts what today's plugins understand. */
export const replayDead = (ids: readonly string[], flags: ChangeFlags, where: Where): Promise<ExitCode> => {
  if (!flags.all && !saysWhich(flags, ids)) throw notWhich('replay')
  const { limit = Number.POSITIVE_INFINITY, dryRun = false, quarantined = false } = flags
  if (quarantined && meansDeliveries(flags))
    throw new Exit(EX.usage, '--quarantined goes with neither --sink, --key nor --reason: a quarantined event has no delivery')
  return withOperator(where, async (opened) => {
    const asked = { flags, meant: meantBy(flags, ids), by: whoAsks(flags.by) }
    const sinks = await sinksMeant(opened.operator, flags.sink)
    const gone = sinks.filter((sink) => isGone(sink) && sink.dead > 0)
    const deliverable = flags.sink === undefined ? sinks.filter((sink) => !isGone(sink)) : sinks
    const deliveries = quarantined ? { sinks: {}, busy: 0 } : await changeDead(opened, 'replay', deliverable, asked)
    const left = limit - replayed(deliveries)
    const events = meansDeliveries(flags) ? { readmitted: 0, refused: 0 } : await readmit(opened, asked, left)
    const done: Done = { verb: 'replay', dryRun, ...deliveries, ...events }
    print(flags.json ? jsonOf(done) : sentenceOf(done))
    if (!opened.running && !dryRun && !flags.json && replayed(done) + done.readmitted > 0)
      complain('no server is running: what was replayed is delivered after the next `callboard start`')
    if (!quarantined && flags.sink === undefined && gone.length > 0)
      complain(printable(`left as it is, for the configuration no longer names the sink: ${gone.map(({ name }) => name).join(', ')}`))
  })
}

/** `dead discard`: ends dead deliveries for good; and the pending ones of a sink that is named and no longer configured. */
export const discardDead = (ids: readonly string[], flags: ChangeFlags, where: Where): Promise<ExitCode> => {
  if (!flags.all && !saysWhich(flags, ids)) throw notWhich('discard')
  return withOperator(where, async (opened) => {
    const sinks = await sinksMeant(opened.operator, flags.sink)
    const deliveries = await changeDead(opened, 'discard', sinks, { flags, meant: meantBy(flags, ids), by: whoAsks(flags.by) })
    const done: Done = { verb: 'discard', dryRun: flags.dryRun ?? false, ...deliveries, readmitted: 0, refused: 0 }
    print(flags.json ? jsonOf(done) : sentenceOf(done))
  })
}
