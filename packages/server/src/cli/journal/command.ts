import { type CommandContext, withAdmin, withExamples } from '../shared/options.ts'
import type { PruneFlags } from './prune.ts'

/** `journal verify|backup|stats|prune`. */
export const registerJournal = ({ program, global, exitWith }: CommandContext): void => {
  const journal = program.command('journal').description('the journal itself')
  journal
    .command('verify')
    .description(
      'look through all of it, beside a running server or not. Exit 0 when it is sound, 65 when not, with a line for each problem',
    )
    .option('--json', 'JSON Lines')
    .action(async ({ json = false }: { json?: boolean }) => exitWith(await (await import('./verify.ts')).verify(json, global().config)))
  withExamples(
    journal
      .command('backup')
      .description('copy it, all of one moment, while the server goes on; never over a file that is there')
      .argument('<file>', 'the copy: a journal itself')
      .option('--json', 'the result as JSON')
      .action(async (file: string, { json = false }: { json?: boolean }) =>
        exitWith(await (await import('./backup.ts')).backupTo(file, json, global().config)),
      ),
    'journal backup /backups/callboard-2026-01-31.db',
  )
  journal
    .command('stats')
    .description('what it holds, and how large it is')
    .option('--json', 'as JSON')
    .action(async ({ json = false }: { json?: boolean }) =>
      exitWith(await (await import('./stats.ts')).journalStats(json, global().config)),
    )
  withExamples(
    withAdmin(journal.command('prune').description('remove what need not be kept any longer; what is pending always stays'))
      .option('--delivered <time>', 'keep what is delivered for so long, such as 7d (default: the configured retention)')
      .option('--dead <time>', 'keep what is dead or quarantined for so long, such as 30d')
      .option('--size <size>', 'keep at most so much of what is over, such as 10GiB')
      .option('--by <name>', 'who asks (default: your login name and this machine)')
      .option('--json', 'the result as JSON')
      .action(async ({ admin, ...flags }: PruneFlags & { readonly admin?: string }) =>
        exitWith(await (await import('./prune.ts')).pruneJournal(flags, { ...global(), ...(admin !== undefined && { admin }) })),
      ),
    'journal prune --delivered 1d',
  )
}
