import { list, strictStruct, string, verdicts } from '@callboard/core'
import { Except } from './except.ts'
import { Rewrite } from './rewrite.ts'
import { union } from './union.ts'

/** Codes of official accounts that reach the caller. */
const codes = [120001, 130000] as const

/** A new official account: yes or no. */
export const officialVerdicts = verdicts({ codes })

/** A message of an official account: sent, sent otherwise, refused, or dropped silently. */
export const officialMessageVerdicts = verdicts({ reply: Rewrite, codes, drop: true })

const Refused = strictStruct({}, { RefusedSubscribers_Account: list(string) })

/** New subscribers: all of them, some of them (`except`), or nobody. The vendor names no codes that reach the client. */
export const subscriptionVerdicts = verdicts({
  reply: union(Refused, Except),
  complete: (given) => ('except' in given ? { RefusedSubscribers_Account: given.except } : given),
})
