import type { Command } from 'commander'
import { type CommandContext, collect, parsePositive, parsePositiveInt, withAdmin, withExamples } from '../shared/options.ts'
import type { ChangeFlags } from './replay-discard.ts'
import type { DeadFlags } from './selection.ts'

const filtered = (command: Command): Command =>
  command
    .argument('[ids...]', 'the ids of events')
    .option('--id <id>', 'an event; repeatable', collect)
    .option('--sink <name>', 'deliveries to this sink')
    .option('--command <command>', 'events of this command, such as Group.CallbackAfterGroupDestroyed')
    .option('--app <id>', 'events of this SDKAppID', parsePositiveInt)
    .option('--key <key>', 'events of this group, conversation or user')
    .option('--since <time>', 'received since: 2026-01-31T12:00:00Z, or 10m for ten minutes ago')
    .option('--until <time>', 'received before')
    .option('--reason <text>', 'deliveries that died of something that contains this text, such as "answered 400"')
    .option('--limit <n>', 'at most so many', parsePositiveInt)

const changing = (command: Command): Command =>
  withAdmin(filtered(command))
    .option('--all', 'everything that is dead')
    .option('--dry-run', 'only count')
    .option('--by <name>', 'who asks (default: your login name and this machine)')
    .option('--json', 'the result as JSON')

/** `dead list|replay|discard`. */
export const registerDead = ({ program, global, exitWith }: CommandContext): void => {
  const dead = program.command('dead').description('what could not be delivered or understood: list it, replay it, discard it')
  withExamples(
    filtered(dead.command('list').description('dead deliveries and quarantined events with their reasons, newest first'))
      .option('--quarantined', 'only events that their plugin processed not understand')
      .option('--json', 'JSON Lines')
      .action(async (ids: readonly string[], flags: DeadFlags) =>
        exitWith(await (await import('./list.ts')).listDead(ids, flags, global().config)),
      ),
    'dead list --sink crm --since 1d',
    'dead list --json --reason "answered 422"',
  )
  withExamples(
    changing(
      dead
        .command('replay')
        .description('deliver again, in the old order and under the same ids; and accept what today’s plugins understand'),
    )
      .option('--rate <n>', 'so many deliveries per second, while a server runs', parsePositive)
      .option('--quarantined', 'only events that their plugin processed not understand')
      .action(async (ids: readonly string[], flags: ChangeFlags) =>
        exitWith(await (await import('./replay-discard.ts')).replayDead(ids, flags, { ...global(), ...flags })),
      ),
    'dead replay --sink crm --dry-run',
    'dead replay --sink crm --since 2h --rate 20',
    'dead replay --quarantined',
    'dead replay 019a0000-0000-7000-8000-000000000001',
  )
  withExamples(
    changing(dead.command('discard').description('give up for good; kept in the journal with who processed it and when')).action(
      async (ids: readonly string[], flags: ChangeFlags) =>
        exitWith(await (await import('./replay-discard.ts')).discardDead(ids, flags, { ...global(), ...flags })),
    ),
    'dead discard --sink crm --until 7d',
    'dead discard --sink old-crm        # a sink that is no longer configured: what is pending, too',
  )
}
