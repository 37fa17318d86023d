import { groupDestroyed } from '@callboard/plugin-group-destroyed'

/** The app, its token and the command of every measurement. */
export const APP = 1_400_000_000
export const TOKEN = 'secret'
export const COMMAND = groupDestroyed.command

// Each has 13 digits, so that all bodies are of one length.
const FIRST_TIME = 1_600_000_000_000
const GROUPS = 1_000

/** The signed sample with so many members, for the n-th callback: no two are duplicates, and there are a thousand groups. */
export const bodyWith = (members: number): ((n: number) => string) => {
  const MemberList = Array.from({ length: members }, (_, n) => ({ Member_Account: `user${1_000 + n}` }))
  const text = JSON.stringify({ ...groupDestroyed.sample, GroupId: '@TGS#GROUP', MemberList, EventTime: 'TIME' })
  const [before = '', between = '', after = ''] = text.split(/GROUP|TIME/)
  return (n) => `${before}${1_000 + (n % GROUPS)}${between}${FIRST_TIME + n}${after}`
}
