import type { Command } from 'commander'
import {
  type CommandContext,
  collect,
  parsePositive,
  parsePositiveInt,
  withAdmin,
  withEventFilters,
  withExamples,
  withTimeRange,
  withUser,
} from '../shared/options.ts'
import type { ChangeFlags } from './replay-discard.ts'
import type { DeadFlags } from './selection.ts'

const withSelection = (command: Command): Command =>
  withTimeRange(
    withEventFilters(
      command
        .argument('[ids...]', 'the ids of events')
        .option('--id <id>', 'the id of an event; repeatable', collect)
        .option('--sink <name>', 'only deliveries to this sink'),
    ).option('--reason <text>', 'only deliveries whose error contains this text, such as "answered 400"'),
  )

const withChange = (command: Command): Command =>
  withAdmin(
    withUser(
      withSelection(command)
        .option('--limit <n>', 'maximum number of deliveries or events (default: no limit)', parsePositiveInt)
        .option('--all', 'select everything')
        .option('--dry-run', 'count the selection and change nothing')
        .option('--json', 'print the result as JSON'),
    ),
  )

const QUARANTINED = ['--quarantined', 'only quarantined events: their plugin could not decode the body'] as const

/** Declares `dead list|replay|discard`. */
export const registerDead = ({ program, globalOptions, action }: CommandContext): void => {
  const dead = program.command('dead').description('list, replay or discard dead deliveries and quarantined events')
  withExamples(
    withSelection(dead.command('list').description('list dead deliveries and quarantined events with their errors, newest first'))
      .option(...QUARANTINED)
      .option('--limit <n>', 'maximum number of events (default: 50)', parsePositiveInt)
      .option('--json', 'print JSON Lines')
      .action(
        action(async (ids: readonly string[], flags: DeadFlags) =>
          (await import('./list.ts')).listDead(ids, flags, globalOptions().config),
        ),
      ),
    'dead list --sink crm --since 1d',
    'dead list --json --reason "answered 422"',
  )
  withExamples(
    withChange(
      dead
        .command('replay')
        .summary('deliver dead deliveries again; accept quarantined events')
        .description(
          'deliver dead deliveries again, in their old order and with the same event ids; accept quarantined events whose body the plugins can decode now',
        ),
    )
      .option('--rate <n>', 'maximum deliveries per second while a server runs (default: no limit)', parsePositive)
      .option(...QUARANTINED)
      .action(
        action(async (ids: readonly string[], flags: ChangeFlags) =>
          (await import('./replay-discard.ts')).replayDead(ids, flags, { ...globalOptions(), ...flags }),
        ),
      ),
    'dead replay --sink crm --dry-run',
    'dead replay --sink crm --since 2h --rate 20',
    'dead replay --quarantined',
    'dead replay 019a0000-0000-7000-8000-000000000001',
  )
  withExamples(
    withChange(
      dead
        .command('discard')
        .summary('give up dead deliveries for good')
        .description(
          'give up dead deliveries for good; the journal keeps who did it and when. If --sink names a sink that is no longer configured, give up its pending deliveries as well',
        ),
    ).action(
      action(async (ids: readonly string[], flags: ChangeFlags) =>
        (await import('./replay-discard.ts')).discardDead(ids, flags, { ...globalOptions(), ...flags }),
      ),
    ),
    'dead discard --sink crm --until 7d',
    'dead discard --sink old-crm',
  )
}
