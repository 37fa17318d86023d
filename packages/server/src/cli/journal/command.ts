import { type CommandContext, parseDuration, parseSize, withAdmin, withExamples, withUser } from '../shared/options.ts'
import type { JsonFlag, PruneFlags } from './journal.ts'

/** Declares `journal verify|backup|stats|prune`. */
export const registerJournal = ({ program, globalOptions, action }: CommandContext): void => {
  const journal = program.command('journal').description('verify, back up, measure or prune the journal')
  journal
    .command('verify')
    .description('check the whole journal and print every problem; exit 65 if there is one; a server may run at the same time')
    .summary('check the whole journal')
    .option('--json', 'print JSON Lines')
    .action(action(async (flags: JsonFlag) => (await import('./journal.ts')).verifyCommand(flags, globalOptions().config)))
  withExamples(
    journal
      .command('backup')
      .description('copy the journal to a new file; a server may run at the same time')
      .argument('<file>', 'the file to write; must not exist')
      .option('--json', 'print the result as JSON')
      .action(
        action(async (target: string, flags: JsonFlag) =>
          (await import('./journal.ts')).backupCommand(target, flags, globalOptions().config),
        ),
      ),
    'journal backup /backups/callboard-2026-01-31.db',
  )
  journal
    .command('stats')
    .description('print the size of the journal and the deliveries of each sink')
    .option('--json', 'print the result as JSON')
    .action(action(async (flags: JsonFlag) => (await import('./journal.ts')).statsCommand(flags, globalOptions().config)))
  withExamples(
    withAdmin(withUser(journal.command('prune').description('remove old finished events; events with a pending delivery stay')))
      .option('--delivered <duration>', 'keep delivered events this long, such as 7d (default: from the configuration)', parseDuration)
      .option(
        '--dead <duration>',
        'keep dead and quarantined events this long, such as 30d (default: from the configuration)',
        parseDuration,
      )
      .option(
        '--size <size>',
        'remove the oldest finished events until the bodies take at most this size, such as 10GiB (default: from the configuration)',
        parseSize,
      )
      .option('--json', 'print the result as JSON')
      .action(action(async (flags: PruneFlags) => (await import('./journal.ts')).pruneCommand(flags, { ...globalOptions(), ...flags }))),
    'journal prune --delivered 1d',
  )
}
