import { duration } from '../codec/units.ts'
import { MAX_DECISION_DEADLINE_MS, type Options, toConfiguredDecision } from '../options.ts'
import type { Decision } from '../plugin/plugin.ts'
import { allow, type Fallback, OK, refuse, type VendorAnswer } from '../plugin/verdict.ts'
import type { Decoded } from './context.ts'
import { DEFAULT_DECISION_DEADLINE_MS } from './deadlines.ts'

/** How one before-callback is decided. */
export interface DecisionPolicy {
  /** Absent: everything is allowed. */
  readonly decision?: Decision
  /** How long the decision may take, in milliseconds. */
  readonly deadline: number
  /** What happens when it fails or comes late. */
  readonly fallback: Fallback
}
/** Command -> ruling, for the before-callbacks and for nothing else. */
export type DecisionPolicies = ReadonlyMap<string, DecisionPolicy>

const milliseconds = (given: number | string | undefined): number => {
  const decoded = duration.decode(given ?? DEFAULT_DECISION_DEADLINE_MS)
  return Math.min(decoded._tag === 'Right' ? decoded.right : DEFAULT_DECISION_DEADLINE_MS, MAX_DECISION_DEADLINE_MS)
}

/** Puts together what plugins and configuration say. */
export const decisionPolicies = ({ plugins, decisions = [] }: Pick<Options, 'plugins' | 'decisions'>): DecisionPolicies => {
  const given = new Map(decisions.map(toConfiguredDecision).map((decision) => [decision.use.command, decision]))
  return new Map(
    plugins.flatMap(({ command, before }): [string, DecisionPolicy][] => {
      if (!before) return []
      const decision = given.get(command)
      const fallback = decision?.fallback ?? before.fallback
      return [[command, { ...(decision && { decision: decision.use }), deadline: milliseconds(decision?.deadline), fallback }]]
    }),
  )
}

const plain: Readonly<Record<Fallback, VendorAnswer>> = { allow: OK, refuse: { ...OK, ErrorCode: 1 } }

/** The fallback as this callback's answer; the plain one where its body is not understood. */
export const fallbackAnswer = (fallback: Fallback, callback?: Decoded): VendorAnswer => {
  try {
    return callback?.decoded?.answer?.(fallback === 'allow' ? allow : refuse()).answer ?? plain[fallback]
  } catch {
    return plain[fallback]
  }
}
