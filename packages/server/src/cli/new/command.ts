import { type CommandContext, withExamples } from '../shared/options.ts'

/** Declares `new plugin|sink`. */
export const registerNew = ({ program, action }: CommandContext): void => {
  const create = program.command('new').description('create the package of a plugin or a sink, with a test that passes')
  withExamples(
    create
      .command('plugin')
      .description('create the package of a plugin for one callback')
      .argument('<command>', 'the CallbackCommand')
      .action(
        action(async (command: string) => (await import('./new.ts')).newCommand((await import('./plugin-template.ts')).newPlugin(command))),
      ),
    'new plugin Group.CallbackAfterMemberMuted',
  )
  withExamples(
    create
      .command('sink')
      .description('create the package of one kind of sink')
      .argument('<name>', 'the name of the kind: lower-case letters, digits, single dashes')
      .action(action(async (name: string) => (await import('./new.ts')).newCommand((await import('./sink-template.ts')).newSink(name)))),
    'new sink my-queue',
  )
}
