import type { CommandContext } from '../shared/options.ts'

/** Declares `start`. */
export const registerStart = ({ program, globalOptions, service }: CommandContext): void => {
  program
    .command('start')
    .description('receive callbacks and deliver events until SIGTERM or Ctrl-C')
    .option('--demo', 'send one signed sample to this server; without a callboard.yaml, use a built-in configuration')
    .action(
      service(async (takeHeldSignals, { demo = false }: { readonly demo?: boolean }) =>
        (await import('./start.ts')).startCommand({ ...globalOptions(), demo }, takeHeldSignals),
      ),
    )
}
