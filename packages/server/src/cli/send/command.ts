import { Option } from 'commander'
import { type CommandContext, collect, parsePositive, parsePositiveInt } from '../shared/options.ts'
import type { SendFlags } from './send.ts'

/** `send`. */
export const registerSend = ({ program, global, exitWith }: CommandContext): void => {
  program
    .command('send')
    .description('send signed samples, as the vendor would')
    .argument('[command]', 'the CallbackCommand, such as Group.CallbackAfterGroupDestroyed')
    .option('--list', 'print the callbacks that can be sent')
    .option('--to <url>', 'the callback URL (default: the one configured)')
    .option('--app <id>', 'the SDKAppID (default: the first one configured)')
    .option('--token <token>', 'the token to sign with (default: the one configured for the app)')
    .option('--set <path=value>', 'set a field, such as --set MemberList.0.Member_Account=bob; repeatable', collect)
    .option('--body <file>', 'send these bytes instead of the sample')
    .option('--count <n>', 'send so many', parsePositiveInt)
    .option('--rate <r>', 'so many per second', parsePositive)
    .option('--connections <c>', 'so many at a time', parsePositiveInt)
    .option('--duplicate', 'send the very same body twice, or --count times')
    .addOption(new Option('--bad-sign', 'with a wrong signature').conflicts(['expired', 'wrongApp']))
    .addOption(new Option('--expired', 'signed an hour ago').conflicts(['badSign', 'wrongApp']))
    .addOption(new Option('--wrong-app', 'for another SDKAppID').conflicts(['badSign', 'expired']))
    .option('--json', 'JSON Lines')
    .action(async (command: string | undefined, flags: SendFlags) =>
      exitWith(await (await import('./send.ts')).sendCommand(command, { ...flags, ...global() })),
    )
}
