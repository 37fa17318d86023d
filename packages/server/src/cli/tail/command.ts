import { Option } from 'commander'
import { type CommandContext, parseCount, parsePositiveInt, withExamples } from '../shared/options.ts'
import type { TailFlags } from './tail.ts'

/** `tail`. */
export const registerTail = ({ program, global, exitWith }: CommandContext): void => {
  withExamples(
    program
      .command('tail')
      .description('show each event once, as it arrives, whether the server runs, is started anew or is yet to be started; Ctrl-C ends it')
      .option('--command <command>', 'events of this command, such as Group.CallbackAfterGroupDestroyed')
      .option('--key <key>', 'events of this group, conversation or user')
      .option('--app <id>', 'events of this SDKAppID', parsePositiveInt)
      .option('--sink <name>', 'with a delivery to this sink')
      .addOption(new Option('--status <status>').choices(['accepted', 'unknown', 'quarantined']))
      .option('--lines <n>', 'first so many that are there already', parseCount, 10)
      .option('--json', 'JSON Lines')
      .action(async (flags: TailFlags) => exitWith(await (await import('./tail.ts')).tailCommand(flags, global().config))),
    'tail --sink crm',
    'tail --json --status quarantined --lines 0',
  )
}
