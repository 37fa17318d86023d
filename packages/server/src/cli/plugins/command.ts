import type { CommandContext } from '../shared/options.ts'

/** Declares `plugins`. */
export const registerPlugins = ({ program, globalOptions, action }: CommandContext): void => {
  program
    .command('plugins')
    .description('list the loaded callbacks with their sinks, then the other built-in ones')
    .option('--json', 'print JSON Lines')
    .action(
      action(async ({ json = false }: { readonly json?: boolean }) =>
        (await import('./plugins.ts')).pluginsCommand(globalOptions().config, json),
      ),
    )
}
