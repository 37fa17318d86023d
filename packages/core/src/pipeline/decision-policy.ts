import { duration } from '../codec/units.ts'
import { configured, LONGEST_DEADLINE, type Options } from '../options.ts'
import type { Decision } from '../plugin/plugin.ts'
import { allow, type Fallback, OK, refuse, type VendorAnswer } from '../plugin/verdict.ts'
import type { Callback } from './context.ts'
import { DECIDE_WITHIN } from './deadlines.ts'

/** How one before-callback is decided. */
export interface Ruling {
  /** Absent: everything is allowed. */
  readonly decision?: Decision
  /** How long the decision may take, in milliseconds. */
  readonly deadline: number
  /** What happens when it fails or comes late. */
  readonly fallback: Fallback
}
/** Command -> ruling, for the before-callbacks and for nothing else. */
export type Rulings = ReadonlyMap<string, Ruling>

const milliseconds = (given: number | string | undefined): number => {
  const decoded = duration.decode(given ?? DECIDE_WITHIN)
  return Math.min(decoded._tag === 'Right' ? decoded.right : DECIDE_WITHIN, LONGEST_DEADLINE)
}

/** Puts together what plugins and configuration say. */
export const rulingsOf = ({ plugins, decisions = [] }: Pick<Options, 'plugins' | 'decisions'>): Rulings => {
  const given = new Map(decisions.map(configured).map((decision) => [decision.use.command, decision]))
  return new Map(
    plugins.flatMap(({ command, before }): [string, Ruling][] => {
      if (!before) return []
      const decision = given.get(command)
      const fallback = decision?.fallback ?? before.fallback
      return [[command, { ...(decision && { decision: decision.use }), deadline: milliseconds(decision?.deadline), fallback }]]
    }),
  )
}

const plain: Readonly<Record<Fallback, VendorAnswer>> = { allow: OK, refuse: { ...OK, ErrorCode: 1 } }

/** The fallback as this callback's answer; the plain one where its body is not understood. */
export const fallbackAnswer = (fallback: Fallback, callback?: Callback): VendorAnswer => {
  try {
    return callback?.understood?.answer?.(fallback === 'allow' ? allow : refuse()).answer ?? plain[fallback]
  } catch {
    return plain[fallback]
  }
}
