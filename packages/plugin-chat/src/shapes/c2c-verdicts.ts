import { verdicts } from '@callboard/core'
import { Rewrite } from './rewrite.ts'

/** A message to one account: sent, sent otherwise, refused (without a code the sender sees 20006), or dropped silently. */
export const c2cMessageVerdicts = verdicts({ reply: Rewrite, codes: [120001, 130000], drop: true })
