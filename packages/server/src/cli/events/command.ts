import { type Command, Option } from 'commander'
import { type CommandContext, parsePositiveInt } from '../shared/options.ts'
import type { EventFilters } from './events.ts'

const filtered = (command: Command): Command =>
  command
    .option('--command <command>')
    .option('--key <key>')
    .option('--app <id>', '', parsePositiveInt)
    .option('--sink <name>', 'with a delivery to this sink')
    .addOption(new Option('--state <state>', 'with a delivery in this state').choices(['pending', 'delivered', 'dead', 'discarded']))
    .addOption(new Option('--status <status>').choices(['accepted', 'unknown', 'quarantined']))
    .option('--since <time>', '2026-01-31T12:00:00Z, or 10m for ten minutes ago')
    .option('--until <time>')
    .option('--limit <n>', 'at most so many, up to 1000000', parsePositiveInt)

/** `events list|show|export`. */
export const registerEvents = ({ program, global, exitWith }: CommandContext): void => {
  const events = program.command('events').description('look into the journal, while the server runs or not')
  filtered(events.command('list').description('one line each, newest first'))
    .option('--json', 'JSON Lines')
    .action(async (filters: EventFilters) =>
      exitWith(await (await import('./events.ts')).eventsCommand({ kind: 'list', filters }, global().config)),
    )
  events
    .command('show')
    .description('everything that is known about one event')
    .argument('<id>')
    .option('--json', 'on one line')
    .action(async (id: string, { json = false }: { json?: boolean }) =>
      exitWith(await (await import('./events.ts')).eventsCommand({ kind: 'show', id, json }, global().config)),
    )
  filtered(events.command('export').description('JSON Lines with the bodies, newest first')).action(async (filters: EventFilters) =>
    exitWith(await (await import('./events.ts')).eventsCommand({ kind: 'export', filters }, global().config)),
  )
}
