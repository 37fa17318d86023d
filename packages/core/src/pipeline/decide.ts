import { type Either, right } from 'fp-ts/lib/Either.js'
import type { FaultOf } from '../fault.ts'
import type { DecisionRecord } from '../journal/journal.ts'
import type { DecodedBody } from '../plugin/plugin.ts'
import { allow, type EncodedVerdict, OK } from '../plugin/verdict.ts'
import type { Emit } from '../telemetry/events.ts'
import type { Clock } from '../util/clock.ts'
import { runWatched, type WatchdogHook } from '../util/watchdog-hook.ts'
import type { Decided, Decoded, Rejection } from './context.ts'
import { decisionDeadline } from './deadlines.ts'
import { type DecisionPolicies, type DecisionPolicy, fallbackAnswer } from './decision-policy.ts'

type DecideFault = FaultOf<'DecideFailed'> | FaultOf<'DecideLate'>

const complaints = { DecideFailed: 'the decision failed', DecideLate: 'the decision came too late' } as const

/** What happens: the plugin's own answer inside its deadline, or the fallback. After-callbacks are always OK. Never fails. */
export const decide = (rulings: DecisionPolicies, clock: Clock, tell: Emit, watch: WatchdogHook) => {
  /** Asks the decision; a decision that comes late is told of, and forgotten. Never rejects. */
  const ask = (
    decision: NonNullable<DecisionPolicy['decision']>,
    within: number,
    { event }: Decoded,
    understood: DecodedBody,
  ): Promise<EncodedVerdict | DecideFault> =>
    new Promise((resolve) => {
      const abort = new AbortController()
      let late = false
      const cancel = clock.after(within, () => {
        late = true
        abort.abort(new Error('too late'))
        resolve({ _tag: 'DecideLate' })
      })
      const settle = (outcome: EncodedVerdict | DecideFault) => {
        cancel()
        if (late) tell({ type: 'late-decision', command: event.command, id: event.id })
        else resolve(outcome)
      }
      const failed = (error: unknown) => settle({ _tag: 'DecideFailed', error })
      const answered = (verdicted: EncodedVerdict | undefined) =>
        verdicted ? settle(verdicted) : failed(new TypeError(`${event.command} takes no decision`))
      runWatched(watch, 'decision', event.command, () => decision.decide(event, abort.signal))
        .then((verdict) => runWatched(watch, 'plugin', event.command, () => understood.answer?.(verdict)))
        .then(answered)
        .catch(failed)
    })

  const fallBack = (callback: Decoded, ruling: DecisionPolicy, ms: number, warning: string, decideFault?: DecideFault): Decided => {
    const answer = fallbackAnswer(ruling.fallback, callback)
    return { ...callback, answer, decision: { by: 'fallback', code: answer.ErrorCode, ms, warning }, ...(decideFault && { decideFault }) }
  }

  const askAbout = async (
    callback: Decoded,
    ruling: DecisionPolicy,
    decision: NonNullable<DecisionPolicy['decision']>,
    understood: DecodedBody,
  ) => {
    const asked = clock.elapsed()
    const outcome = await ask(decision, decisionDeadline(ruling.deadline, asked - callback.headAt), callback, understood)
    const ms = Math.round(clock.elapsed() - asked)
    if ('_tag' in outcome) return right(fallBack(callback, ruling, ms, complaints[outcome._tag], outcome))
    const { answer, warning } = outcome
    const decided: DecisionRecord = { by: 'plugin', code: answer.ErrorCode, ms, ...(warning && { warning }) }
    return right({ ...callback, answer, decision: decided })
  }

  return (callback: Decoded): Either<Rejection, Decided> | Promise<Either<Rejection, Decided>> => {
    const ruling = rulings.get(callback.event.command)
    if (!ruling) return right({ ...callback, answer: OK })
    const { decoded } = callback
    if (!decoded) return right(fallBack(callback, ruling, 0, 'the body was not understood'))
    if (!ruling.decision) return right({ ...callback, answer: decoded.answer?.(allow).answer ?? OK })
    return askAbout(callback, ruling, ruling.decision, decoded)
  }
}
