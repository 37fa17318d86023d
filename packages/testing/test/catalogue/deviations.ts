import type { Difference } from './differences.ts'

/** An intended difference between codecs and catalogue. `*` is every command. A deviation that no plugin needs fails the test. */
export type Deviation = Difference & { readonly why: string }

export const deviations: readonly Deviation[] = [
  {
    command: '*',
    path: 'EventTime',
    what: 'is optional',
    why: 'Older backends do not send it, and only the optional time of the event depends on it.',
  },
  ...['Group.CallbackAfterCreateGroup', 'Group.CallbackAfterGroupInfoChanged', 'Group.CallbackAfterCreateTopic'].flatMap((command) =>
    ['takes 7', 'takes 1.5', 'takes true', 'takes false', 'takes null', 'takes {}', 'takes []'].map((what) => ({
      command,
      path: 'UserDefinedDataList[].Value',
      what,
      why: 'It is a text in every sample, but any JSON value in the vendor’s newest SDK.',
    })),
  ),
  ...['MsgSeq', 'MsgRandom', 'MsgKey'].map((path) => ({
    command: 'Chatbot.OnC2CSignalMessage',
    path,
    what: 'is optional',
    why: 'There is no page. The presence in the catalogue is a guess, and only the two accounts are needed.',
  })),
  {
    command: 'ContentCallback.ResultNotify',
    path: 'SdkAppId',
    what: 'is optional',
    why: 'It is in the sample but not in the table. The URL names the app.',
  },
  ...[
    { path: 'TextContent[]', what: 'is missing' },
    { path: 'TextContent', what: 'is not in the catalogue' },
  ].map((difference) => ({
    command: 'ContentCallback.ResultNotify',
    ...difference,
    why: 'It is a list in newer pages and one text in older ones. The codec decodes both to a list.',
  })),
  {
    command: 'ContentCallback.ResultNotify',
    path: 'MsgID',
    what: 'takes 7',
    why: 'In a group it is the MsgSeq, which every other callback sends as a number. There is no sample of it.',
  },
  {
    command: 'State.StateChange',
    path: 'CustomStatus',
    what: 'is not in the catalogue',
    why: 'No sample shows whether it is inside Info, as the page says, or beside it.',
  },
  ...['Push.AllMemberPush', 'Push.OfflinePush'].map((command) => ({
    command,
    path: 'Events[].CallbackCommand',
    what: 'is optional',
    why: 'It repeats the command of the URL. Its absence is no reason to refuse a batch.',
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
