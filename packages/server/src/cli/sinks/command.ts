import { type CommandContext, withAdmin, withExamples } from '../shared/options.ts'

interface Flags {
  readonly admin?: string
  readonly json?: boolean
}

/** Declares `sinks list|test|resume`; `sinks` alone is `sinks list`. */
export const registerSinks = ({ program, globalOptions, action }: CommandContext): void => {
  const sinks = program.command('sinks').description('list, test or resume the sinks')
  withAdmin(
    sinks
      .command('list', { isDefault: true })
      .description('list the sinks with their health, waiting deliveries and blocked keys (default command)'),
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
        .description('deliver one sample to a sink, without changing the journal; exit 1 if it is not delivered'),
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
  withAdmin(
    sinks
      .command('resume')
      .description(
        'resume a sink that is paused (HTTP 410) or whose circuit breaker is open; without a server, end its pause in the journal',
      ),
  )
    .argument('<name>', 'the name of the sink')
    .action(
      action(async (name: string, flags: Flags) => (await import('./test-resume.ts')).resumeSink(name, { ...globalOptions(), ...flags })),
    )
}
