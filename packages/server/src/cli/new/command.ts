import { type CommandContext, withExamples } from '../shared/options.ts'

/** Declares `new plugin|sink`. */
export const registerNew = ({ program, action }: CommandContext): void => {
  const create = program.command('new').description('create a package for a plugin or a sink')
  withExamples(
    create
      .command('plugin')
      .description('create a package with the plugin of one callback, and a test that passes')
      .argument('<command>', 'the CallbackCommand')
      .action(
        action(async (command: string) => (await import('./new.ts')).newCommand((await import('./plugin-template.ts')).newPlugin(command))),
      ),
    'new plugin Group.CallbackAfterMemberMuted',
  )
  withExamples(
    create
      .command('sink')
      .description('create a package with one kind of sink, and a test that passes')
      .argument('<name>', 'the name of the kind: lower-case letters, digits, single dashes')
      .action(action(async (name: string) => (await import('./new.ts')).newCommand((await import('./sink-template.ts')).newSink(name)))),
    'new sink my-queue',
  )
}
