import { type CommandContext, withExamples } from '../shared/options.ts'

/** `new plugin|sink`. */
export const registerNew = ({ program, exitWith }: CommandContext): void => {
  const start = program.command('new').description('write a package to start from, which passes its tests at once')
  withExamples(
    start
      .command('plugin')
      .description('one callback')
      .argument('<command>', 'its CallbackCommand')
      .action(async (command: string) =>
        exitWith(await (await import('./new.ts')).newCommand((await import('./plugin-template.ts')).newPlugin(command))),
      ),
    'new plugin Group.CallbackAfterMemberMuted',
  )
  withExamples(
    start
      .command('sink')
      .description('one kind of sink')
      .argument('<name>', 'what it is called in hooks')
      .action(async (name: string) =>
        exitWith(await (await import('./new.ts')).newCommand((await import('./sink-template.ts')).newSink(name))),
      ),
    'new sink my-queue',
  )
}
