import { type CommandContext, withAdmin, withExamples } from '../shared/options.ts'

interface Flags {
  readonly admin?: string
  readonly json?: boolean
}

/** Declares `sinks list|test|resume`; `sinks` alone is `sinks list`. */
export const registerSinks = ({ program, globalOptions, action }: CommandContext): void => {
  const sinks = program.command('sinks').description('show the health of the sinks; test or resume one')
  withAdmin(
    sinks
      .command('list', { isDefault: true })
      .description('list the sinks with their health, waiting deliveries and blocked keys (the default)'),
  )
    .option('--json', 'print JSON Lines')
    .action(
      action(async ({ json = false, ...flags }: Flags) => (await import('./list.ts')).listSinks(json, { ...globalOptions(), ...flags })),
    )
  withExamples(
    withAdmin(
      sinks
        .command('test')
        .summary('deliver one sample to a sink')
        .description('Deliver one sample to a sink. The journal does not change.\nExit code 0: delivered; 1: not delivered.'),
    )
      .argument('<name>', 'the name of the sink')
      .option('--command <command>', 'deliver the sample of this command (default: the first one that is routed to the sink)')
      .option('--json', 'print the result as JSON')
      .action(
        action(async (name: string, { json = false, command, ...flags }: Flags & { readonly command?: string }) =>
          (await import('./test-resume.ts')).testSink(name, command, json, { ...globalOptions(), ...flags }),
        ),
      ),
    'sinks test crm',
    'sinks test crm --command Group.CallbackAfterGroupDestroyed',
  )
  withAdmin(sinks.command('resume').description('resume a sink that is paused (HTTP 410) or whose circuit breaker is open'))
    .argument('<name>', 'the name of the sink')
    .action(
      action(async (name: string, flags: Flags) => (await import('./test-resume.ts')).resumeSink(name, { ...globalOptions(), ...flags })),
    )
}
