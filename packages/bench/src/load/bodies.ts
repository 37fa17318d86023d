import { groupBeforeSendMsg } from '@callboard/plugin-chat'
import { groupDestroyed } from '@callboard/plugin-group-destroyed'

/** The app and its token in every measurement. */
export const APP = 1_400_000_000
export const TOKEN = 'secret'
/** The command of every measurement except those of decisions. */
export const COMMAND = groupDestroyed.command

/** Which callbacks a load sends. */
export interface Callbacks {
  /** `before`: a group message that waits for a decision. Default: `after`, a disbanded group. */
  readonly kind?: 'after' | 'before'
  /** The members in the body of an `after` callback. */
  readonly members: number
  /** The share of the callbacks that belong to one group, from 0 to 1. The others spread over 1 000 groups. Default: 0. */
  readonly hotShare?: number
}

const GROUPS = 1_000
/** 13 digits for every n, so that all bodies have the same length. */
const FIRST_TIME = 1_600_000_000_000
const HOT_GROUP = 9_999
const CYCLE = 100

const afterSample = (members: number) => ({
  ...groupDestroyed.sample,
  GroupId: '@TGS#GROUP',
  MemberList: Array.from({ length: members }, (_, n) => ({ Member_Account: `user${1_000 + n}` })),
  EventTime: 'TIME',
})

/** Returns the command of the callbacks. */
export const commandOf = ({ kind = 'after' }: Callbacks): string => (kind === 'before' ? groupBeforeSendMsg.command : COMMAND)

/** Returns a function that makes the n-th body. No two bodies are duplicates. All have the same length. */
export const bodiesOf = ({ kind = 'after', members, hotShare = 0 }: Callbacks): ((n: number) => string) => {
  const sample = kind === 'before' ? { ...groupBeforeSendMsg.sample, GroupId: '@TGS#GROUP', EventTime: 'TIME' } : afterSample(members)
  const [before = '', between = '', after = ''] = JSON.stringify(sample).split(/GROUP|TIME/)
  const groupOf = (n: number) => (n % CYCLE < hotShare * CYCLE ? HOT_GROUP : 1_000 + (n % GROUPS))
  return (n) => `${before}${groupOf(n)}${between}${FIRST_TIME + n}${after}`
}
