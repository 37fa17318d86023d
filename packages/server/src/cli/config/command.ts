import type { CommandContext } from '../shared/options.ts'

/** Declares `config print|schema`. */
export const registerConfig = ({ program, globalOptions, action }: CommandContext): void => {
  const config = program.command('config').description('print the configuration or its JSON Schema')
  config
    .command('print')
    .description('print the effective configuration, with defaults filled in and secrets masked')
    .action(action(async () => (await import('./config.ts')).configPrint(globalOptions().config)))
  config
    .command('schema')
    .description('print the JSON Schema of callboard.yaml, for editors')
    .action(action(async () => (await import('./config.ts')).configSchema()))
}
