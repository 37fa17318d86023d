import { list, strictStruct, string, verdicts } from '@callboard/core'
import { Except } from './except.ts'
import { Rewrite } from './rewrite.ts'
import { union } from './union.ts'

/** The codes that reach the caller. */
const codes = [120001, 130000] as const

/** Verdicts for a new official account: allow or refuse. */
export const officialVerdicts = verdicts({ codes })

/** Verdicts for a message of an official account: allow, rewrite, refuse or drop. */
export const officialMessageVerdicts = verdicts({ reply: Rewrite, codes, drop: true })

const Refused = strictStruct({}, { RefusedSubscribers_Account: list(string) })

/** Verdicts for new subscribers: allow all, allow some (`except`), or refuse. The vendor documents no codes that reach the client. */
export const subscriptionVerdicts = verdicts({
  reply: union(Refused, Except),
  complete: (given) => ('except' in given ? { RefusedSubscribers_Account: given.except } : given),
})
