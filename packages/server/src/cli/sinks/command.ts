import { type CommandContext, withAdmin, withExamples } from '../shared/options.ts'

interface Flags {
  readonly admin?: string
  readonly json?: boolean
}

/** `sinks`, `sinks test NAME`, `sinks resume NAME`. */
export const registerSinks = ({ program, global, exitWith }: CommandContext): void => {
  const sinks = program.command('sinks').description('how the sinks are doing; try one out, let one go on')
  withAdmin(sinks.command('list', { isDefault: true }).description('each with its health, what waits for it, and which keys are held up'))
    .option('--json', 'JSON Lines')
    .action(async ({ json = false, ...flags }: Flags) =>
      exitWith(await (await import('./list.ts')).listSinks(json, { ...global(), ...flags })),
    )
  withExamples(
    withAdmin(
      sinks.command('test').description('make one attempt with a sample; nothing is stored. Exit 0 when it was delivered, 1 when not'),
    )
      .argument('<name>')
      .option('--command <command>', 'whose sample (default: the first that is routed to the sink)')
      .option('--json', 'the result as JSON')
      .action(async (name: string, { json = false, command, ...flags }: Flags & { readonly command?: string }) =>
        exitWith(await (await import('./test.ts')).testSink(name, command, json, { ...global(), ...flags })),
      ),
    'sinks test crm',
    'sinks test crm --command Group.CallbackAfterGroupDestroyed',
  )
  withAdmin(sinks.command('resume').description('end the pause of a sink that answered 410, or the rest of one that failed too often'))
    .argument('<name>')
    .action(async (name: string, flags: Flags) => exitWith(await (await import('./resume.ts')).resumeSink(name, { ...global(), ...flags })))
}
