import { Option } from 'commander'
import { type CommandContext, collect, parsePositive, parsePositiveInt, withExamples } from '../shared/options.ts'
import type { SendFlags } from './send.ts'

/** Declares `send`. */
export const registerSend = ({ program, globalOptions, action }: CommandContext): void => {
  withExamples(
    program
      .command('send')
      .summary('send signed sample callbacks')
      .description('send signed sample callbacks, as Tencent does; exit 1 if an answer is not OK')
      .argument('[command]', 'the CallbackCommand, such as Group.CallbackAfterGroupDestroyed')
      .option('--list', 'list the callbacks that have a sample')
      .option('--to <url>', 'callback URL (default: from the configuration)')
      .option('--app <id>', 'SDKAppID (default: the first app of the configuration)')
      .option('--token <token>', 'token to sign with (default: the first token of the app in the configuration)')
      .option('--set <path=value>', 'set a field of the body, such as MemberList.0.Member_Account=bob; repeatable', collect)
      .option('--body <file>', 'send the bytes of this file instead of the sample')
      .option('--count <n>', 'number of requests to send', parsePositiveInt, 1)
      .option('--rate <n>', 'maximum requests per second (default: no limit)', parsePositive)
      .option('--connections <n>', 'number of requests at the same time', parsePositiveInt, 1)
      .option('--duplicate', 'send the same body twice, or --count times')
      .addOption(new Option('--bad-sign', 'send a wrong signature').conflicts(['expired', 'wrongApp']))
      .addOption(new Option('--expired', 'sign with a time one hour ago').conflicts(['badSign', 'wrongApp']))
      .addOption(new Option('--wrong-app', 'send for another SDKAppID').conflicts(['badSign', 'expired']))
      .option('--json', 'print JSON Lines')
      .action(
        action(async (command: string | undefined, flags: SendFlags) =>
          (await import('./send.ts')).sendCommand(command, flags, globalOptions().config),
        ),
      ),
    'send Group.CallbackAfterGroupDestroyed --set GroupId=g1',
    'send Group.CallbackAfterGroupDestroyed --count 1000 --connections 16',
  )
}
