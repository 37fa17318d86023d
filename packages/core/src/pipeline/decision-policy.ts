import { type FaultTag, faults } from '../fault.ts'
import type { Decision } from '../plugin/plugin.ts'
import { allow, type Fallback, OK, refuse, type VendorAnswer } from '../plugin/verdict.ts'
import type { RequestContext } from './context.ts'
import { parseQueryParams } from './query-params.ts'

/** How one before-callback is decided. */
export interface DecisionPolicy {
  /** Absent: every callback is allowed. */
  readonly decision?: Decision
  /** How long the decision may take, in milliseconds. */
  readonly deadlineMs: number
  /** The answer when the decision fails or is late. */
  readonly fallback: Fallback
}
/** The policy of each before-callback, by command. A command without a policy is an after-callback. */
export type DecisionPolicies = ReadonlyMap<string, DecisionPolicy>

const PLAIN_ANSWERS: Readonly<Record<Fallback, VendorAnswer>> = { allow: OK, refuse: { ...OK, ErrorCode: 1 } }

/** Returns the fallback as the plugin words it, or the plain answer when the body is not decoded. */
const fallbackAnswer = (fallback: Fallback, { decodedBody }: RequestContext): VendorAnswer => {
  try {
    return decodedBody?.answer?.(fallback === 'allow' ? allow : refuse()).answer ?? PLAIN_ANSWERS[fallback]
  } catch {
    return PLAIN_ANSWERS[fallback]
  }
}

const commandOf = ({ event, params, query }: RequestContext): string =>
  event?.command ?? (params ?? parseQueryParams(query)).kept.CallbackCommand ?? ''

/** Returns the answer to a before-callback that has this fault. Undefined: the fault is answered with its own row. */
export type BeforeAnswer = (fault: FaultTag, context: RequestContext) => VendorAnswer | undefined

/** Reads the `before` column of the fault table. No other code chooses the answer to a before-callback that has a fault. */
export const beforeAnswerOf =
  (policies: DecisionPolicies): BeforeAnswer =>
  (fault, context) => {
    const policy = policies.get(commandOf(context))
    const { before } = faults[fault]
    if (policy === undefined || before === 'same') return undefined
    return before === 'decision' && context.answer ? context.answer : fallbackAnswer(policy.fallback, context)
  }
