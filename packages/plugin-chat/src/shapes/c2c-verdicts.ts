import { verdicts } from '@callboard/core'
import { Rewrite } from './rewrite.ts'

/** Verdicts for a message to one account: allow, rewrite, refuse or drop. Without a code, the sender of a refused message sees 20006. */
export const c2cMessageVerdicts = verdicts({ reply: Rewrite, codes: [120001, 130000], drop: true })
