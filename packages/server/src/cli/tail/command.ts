import { type CommandContext, parseCount, withEventFilters, withExamples, withStatus } from '../shared/options.ts'
import type { TailFlags } from './tail.ts'

/** Declares `tail`. */
export const registerTail = ({ program, globalOptions, action }: CommandContext): void => {
  withExamples(
    withStatus(
      withEventFilters(
        program
          .command('tail')
          .summary('print each event as it arrives')
          .description('print each event once as it arrives, until Ctrl-C; the server may start later or restart'),
      ).option('--sink <name>', 'only events with a delivery to this sink'),
    )
      .option('--lines <n>', 'number of stored events to print first', parseCount, 10)
      .option('--json', 'print JSON Lines')
      .action(action(async (flags: TailFlags) => (await import('./tail.ts')).tailCommand(flags, globalOptions().config))),
    'tail --sink crm',
    'tail --json --status quarantined --lines 0',
  )
}
