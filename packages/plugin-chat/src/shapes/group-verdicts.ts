import { list, strictStruct, string, verdicts } from '@callboard/core'
import { Except } from './except.ts'
import { Rewrite } from './rewrite.ts'
import { union } from './union.ts'

/** Codes of groups that reach the client; without one the caller sees 10016. */
const codes = [10100, 10200] as const

/** Yes or no. */
export const groupVerdicts = verdicts({ codes })

/** A message in a group: sent, sent otherwise, refused, or dropped silently. */
export const groupMessageVerdicts = verdicts({ reply: Rewrite, codes, drop: true })

const Refused = strictStruct({}, { RefusedMembers_Account: list(string) })

/** Users who are pulled into a group: all of them, some of them (`except`), or nobody. */
export const inviteVerdicts = verdicts({
  reply: union(Refused, Except),
  codes,
  complete: (given) => ('except' in given ? { RefusedMembers_Account: given.except } : given),
})
