import { list, strictStruct, string, verdicts } from '@callboard/core'
import { Except } from './except.ts'
import { Rewrite } from './rewrite.ts'
import { union } from './union.ts'

/** The codes that reach the client. Without a code it sees 10016. */
const codes = [10100, 10200] as const

/** Verdicts without a reply: allow or refuse. */
export const groupVerdicts = verdicts({ codes })

/** Verdicts for a group message: allow, rewrite, refuse or drop. */
export const groupMessageVerdicts = verdicts({ reply: Rewrite, codes, drop: true })

const Refused = strictStruct({}, { RefusedMembers_Account: list(string) })

/** Verdicts for an invitation: allow all users, allow some (`except`), or refuse. */
export const inviteVerdicts = verdicts({
  reply: union(Refused, Except),
  codes,
  complete: (given) => ('except' in given ? { RefusedMembers_Account: given.except } : given),
})
