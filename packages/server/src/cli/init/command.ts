import type { CommandContext } from '../shared/options.ts'

/** Declares `init`. */
export const registerInit = ({ program, globalOptions, action }: CommandContext): void => {
  program
    .command('init')
    .description('write a starter configuration')
    .action(action(async () => (await import('./init.ts')).initCommand(globalOptions().config)))
}
