import type { CommandContext } from '../shared/options.ts'

/** Declares `start`. */
export const registerStart = ({ program, globalOptions, action }: CommandContext): void => {
  program
    .command('start')
    .description('receive callbacks and deliver events until SIGTERM or Ctrl-C')
    .option('--demo', 'send one signed sample to this server; without a callboard.yaml, use a built-in configuration')
    .action(
      action(async ({ demo = false }: { readonly demo?: boolean }) =>
        (await import('./start.ts')).startCommand({ ...globalOptions(), demo }),
      ),
    )
}
