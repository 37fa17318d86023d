import type { CommandContext } from '../shared/options.ts'
import type { CheckFlags } from './check.ts'

/** Declares `check`. */
export const registerCheck = ({ program, globalOptions, action }: CommandContext): void => {
  program
    .command('check')
    .description('check the configuration and print every problem')
    .option('--online', 'also connect to each webhook, without sending anything; exit 69 if one is unreachable')
    .option('--json', 'print JSON Lines')
    .action(action(async (flags: CheckFlags) => (await import('./check.ts')).checkCommand(globalOptions().config, flags)))
}
