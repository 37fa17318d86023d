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
]
