import { type Either, right } from 'fp-ts/lib/Either.js'
import type { FaultOf } from '../fault.ts'
import { sanitize } from '../json/sanitize.ts'
import type { DecodedBody } from '../plugin/plugin.ts'
import { allow, type EncodedVerdict, OK } from '../plugin/verdict.ts'
import type { Emit } from '../telemetry/events.ts'
import type { Clock } from '../util/clock.ts'
import { describeError } from '../util/foreign-value.ts'
import { runWatched, type WatchdogHook } from '../util/watchdog-hook.ts'
import type { Decided, Decoded, Rejection } from './context.ts'
import { remainingDecisionTime } from './deadlines.ts'
import type { BeforeAnswer, DecisionPolicies, DecisionPolicy } from './decision-policy.ts'

type DecideFault = FaultOf<'DecideFailed'> | FaultOf<'DecideLate'>
type Decision = NonNullable<DecisionPolicy['decision']>

const WARNINGS = {
  InvalidBody: 'invalid body',
  DecideFailed: 'decision failed',
  DecideLate: 'decision timed out',
} as const

const MAX_WARNING_LENGTH = 500

/** Returns why there was no decision. A failed decision has its error, with control characters escaped. */
const warningOf = (fault: keyof typeof WARNINGS, decideFault?: DecideFault): string => {
  const reason = decideFault && 'error' in decideFault ? `: ${describeError(decideFault.error)}` : ''
  return sanitize(WARNINGS[fault] + reason).slice(0, MAX_WARNING_LENGTH)
}

interface DecideDeps {
  readonly policies: DecisionPolicies
  readonly beforeAnswer: BeforeAnswer
  readonly clock: Clock
  readonly emit: Emit
  readonly watchdog: WatchdogHook
}

/** Finds the answer: OK for an after-callback, the decision or the fallback for a before-callback. It never rejects a request. */
export const decide = ({ policies, beforeAnswer, clock, emit, watchdog }: DecideDeps) => {
  /** Runs the decision. Resolves with its verdict, or with a fault after `withinMs`. A late result is only reported. */
  const run = (decision: Decision, withinMs: number, { event }: Decoded, decodedBody: DecodedBody): Promise<EncodedVerdict | DecideFault> =>
    new Promise((resolve) => {
      const abort = new AbortController()
      let isLate = false
      const cancel = clock.after(withinMs, () => {
        isLate = true
        abort.abort(new Error('too late'))
        resolve({ _tag: 'DecideLate' })
      })
      const settle = (outcome: EncodedVerdict | DecideFault) => {
        cancel()
        if (isLate) emit({ type: 'late-decision', command: event.command, id: event.id })
        else resolve(outcome)
      }
      const fail = (error: unknown) => settle({ _tag: 'DecideFailed', error })
      const succeed = (verdict: EncodedVerdict | undefined) =>
        verdict ? settle(verdict) : fail(new TypeError(`${event.command} takes no decision`))
      runWatched(watchdog, 'decision', event.command, () => decision.decide(event, abort.signal))
        .then((verdict) => runWatched(watchdog, 'plugin', event.command, () => decodedBody.answer?.(verdict)))
        .then(succeed)
        .catch(fail)
    })

  const fallBack = (context: Decoded, fault: keyof typeof WARNINGS, ms: number, decideFault?: DecideFault): Decided => {
    const answer = beforeAnswer(fault, context) ?? OK
    const decision = { by: 'fallback', code: answer.ErrorCode, ms, warning: warningOf(fault, decideFault) } as const
    return { ...context, answer, decision, ...(decideFault && { decideFault }) }
  }

  /** Allows the operation without a decision. The plugin words the answer, and may fail at it. */
  const allowWithout = (context: Decoded, decodedBody: DecodedBody): Decided => {
    try {
      return { ...context, answer: decodedBody.answer?.(allow).answer ?? OK }
    } catch (error) {
      return fallBack(context, 'DecideFailed', 0, { _tag: 'DecideFailed', error })
    }
  }

  const decideWithin = async (context: Decoded, deadlineMs: number, decision: Decision, decodedBody: DecodedBody): Promise<Decided> => {
    const startedAt = clock.elapsed()
    const outcome = await run(decision, remainingDecisionTime(deadlineMs, startedAt - context.headAt), context, decodedBody)
    const ms = Math.round(clock.elapsed() - startedAt)
    if ('_tag' in outcome) return fallBack(context, outcome._tag, ms, outcome)
    const { answer, warning } = outcome
    return { ...context, answer, decision: { by: 'plugin', code: answer.ErrorCode, ms, ...(warning && { warning }) } }
  }

  return (context: Decoded): Either<Rejection, Decided> | Promise<Either<Rejection, Decided>> => {
    const policy = policies.get(context.event.command)
    if (!policy) return right({ ...context, answer: OK })
    const { decodedBody } = context
    if (!decodedBody) return right(fallBack(context, 'InvalidBody', 0))
    if (!policy.decision) return right(allowWithout(context, decodedBody))
    return decideWithin(context, policy.deadlineMs, policy.decision, decodedBody).then((decided) => right(decided))
  }
}
