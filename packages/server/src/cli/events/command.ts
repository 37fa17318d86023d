import { type Command, Option } from 'commander'
import { type CommandContext, parsePositiveInt, withEventFilters, withStatus, withTimeRange } from '../shared/options.ts'
import type { EventFlags } from './events.ts'

const withFilters = (command: Command, defaultLimit: string): Command =>
  withTimeRange(
    withStatus(
      withEventFilters(command)
        .option('--sink <name>', 'only events with a delivery to this sink')
        .addOption(
          new Option('--state <state>', 'only events with a delivery in this state').choices(['pending', 'delivered', 'dead', 'discarded']),
        ),
    ),
  ).option('--limit <n>', `maximum number of events, up to 1000000 (default: ${defaultLimit})`, parsePositiveInt)

/** Declares `events list|show|export`. */
export const registerEvents = ({ program, globalOptions, action }: CommandContext): void => {
  const events = program.command('events').description('list, show or export the events in the journal')
  withFilters(events.command('list').description('list events, one per line, newest first'), '50')
    .option('--json', 'print JSON Lines')
    .action(action(async (flags: EventFlags) => (await import('./events.ts')).listEvents(flags, globalOptions().config)))
  events
    .command('show')
    .description('show one event with its body, its query and its deliveries')
    .argument('<id>', 'the id of the event')
    .option('--json', 'print JSON on one line')
    .action(
      action(async (id: string, { json = false }: { readonly json?: boolean }) =>
        (await import('./events.ts')).showEvent(id, json, globalOptions().config),
      ),
    )
  withFilters(events.command('export').description('print events with their bodies as JSON Lines, newest first'), '1000000').action(
    action(async (flags: EventFlags) => (await import('./events.ts')).exportEvents(flags, globalOptions().config)),
  )
}
