import type { Difference } from './differences.ts'

/** Why our codecs differ from the catalogue on purpose. `*` is every command; a deviation that no plugin needs fails the test. */
export type Deviation = Difference & { readonly why: string }

export const deviations: readonly Deviation[] = [
  {
    command: '*',
    path: 'EventTime',
    what: 'is optional',
    why: 'Older backends send none, and nothing but the time of the event depends on it, which may be absent.',
  },
  ...['Group.CallbackAfterCreateGroup', 'Group.CallbackAfterGroupInfoChanged', 'Group.CallbackAfterCreateTopic'].flatMap((command) =>
    ['takes 7', 'takes 1.5', 'takes true', 'takes false', 'takes null', 'takes {}', 'takes []'].map((what) => ({
      command,
      path: 'UserDefinedDataList[].Value',
      what,
      why: 'A text in every sample, but any JSON value in the vendor’s newest SDK.',
    })),
  ),
  ...['MsgSeq', 'MsgRandom', 'MsgKey'].map((path) => ({
    command: 'Chatbot.OnC2CSignalMessage',
    path,
    what: 'is optional',
    why: 'No page exists; the catalogue’s presence is a guess, and only the two accounts are needed.',
  })),
  {
    command: 'ContentCallback.ResultNotify',
    path: 'SdkAppId',
    what: 'is optional',
    why: 'In the sample, not in the table; the app is known from the URL.',
  },
  ...[
    { path: 'TextContent[]', what: 'is missing' },
    { path: 'TextContent', what: 'is not in the catalogue' },
  ].map((difference) => ({
    command: 'ContentCallback.ResultNotify',
    ...difference,
    why: 'A list in newer pages, one text in older ones: a codec of its own makes a list of both.',
  })),
  {
    command: 'ContentCallback.ResultNotify',
    path: 'MsgID',
    what: 'takes 7',
    why: 'In a group it is the MsgSeq, which every other callback sends as a number; nobody has shown a body.',
  },
  {
    command: 'State.StateChange',
    path: 'CustomStatus',
    what: 'is not in the catalogue',
    why: 'No sample shows whether it stands inside Info, as the page has it, or beside it.',
  },
  ...['Push.AllMemberPush', 'Push.OfflinePush'].map((command) => ({
    command,
    path: 'Events[].CallbackCommand',
    what: 'is optional',
    why: 'It repeats the command of the URL, which routes the callback: its absence is no reason to refuse a batch.',
  })),
  ...[
    { path: 'CallInfo.CallMediaType', what: 'is optional' },
    { path: 'CallInfo.MediaType', what: 'is not in the catalogue' },
  ].map((difference) => ({
    command: 'Call.CallbackAfterStartCall',
    ...difference,
    why: 'The sample calls it CallMediaType, the table MediaType.',
  })),
]
