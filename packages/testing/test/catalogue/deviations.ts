import type { Difference } from './differences.ts'

/** An intended difference between codecs and catalogue. A deviation that no plugin needs fails the test. */
export type Deviation = Difference & { readonly why: string }

export const deviations: readonly Deviation[] = [
  ...['Group.CallbackAfterCreateGroup', 'Group.CallbackAfterGroupInfoChanged', 'Group.CallbackAfterCreateTopic'].flatMap((command) =>
    ['takes 7', 'takes 1.5', 'takes true', 'takes false', 'takes null', 'takes {}', 'takes []'].map((what) => ({
      command,
      path: 'UserDefinedDataList[].Value',
      what,
      why: 'It is a text in every sample, but any JSON value in the vendor’s newest SDK.',
    })),
  ),
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
  ...[
    { command: 'Push.AllMemberPush', paths: ['TaskTime', 'DeviceType'] },
    { command: 'Push.OfflinePush', paths: ['MsgSeq', 'MsgTime', 'MsgRandom'] },
  ].flatMap(({ command, paths }) =>
    paths.map((path) => ({
      command,
      path: `Events[].${path}`,
      what: 'takes ""',
      why: 'A field that does not apply to this kind of push comes empty.',
    })),
  ),
  {
    command: 'Call.CallbackAfterStartCall',
    path: 'CallInfo.MediaType',
    what: 'is not in the catalogue',
    why: 'The sample calls it CallMediaType, the table MediaType.',
  },
]
