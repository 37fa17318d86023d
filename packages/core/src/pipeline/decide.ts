import { type Either, right } from 'fp-ts/lib/Either.js'
import type { FaultOf } from '../fault.ts'
import type { DecisionRecord } from '../journal/journal.ts'
import type { Read } from '../plugin/plugin.ts'
import { allow, OK, type Verdicted } from '../plugin/verdict.ts'
import type { Tell } from '../telemetry/events.ts'
import type { Clock } from '../util/clock.ts'
import { type Watch, watched } from '../util/watchdog-hook.ts'
import type { Callback, Decided, Failed } from './context.ts'
import { decideWithin } from './deadlines.ts'
import { fallbackAnswer, type Ruling, type Rulings } from './decision-policy.ts'

type DecideFault = FaultOf<'DecideFailed'> | FaultOf<'DecideLate'>

const complaints = { DecideFailed: 'the decision failed', DecideLate: 'the decision came too late' } as const

/** What happens: the plugin's own answer inside its deadline, or the fallback. After-callbacks are always OK. Never fails. */
export const decide = (rulings: Rulings, clock: Clock, tell: Tell, watch: Watch) => {
  /** Asks the decision; a decision that comes late is told of, and forgotten. Never rejects. */
  const ask = (
    decision: NonNullable<Ruling['decision']>,
    within: number,
    { event }: Callback,
    understood: Read,
  ): Promise<Verdicted | DecideFault> =>
    new Promise((resolve) => {
      const abort = new AbortController()
      let late = false
      const cancel = clock.after(within, () => {
        late = true
        abort.abort(new Error('too late'))
        resolve({ _tag: 'DecideLate' })
      })
      const settle = (outcome: Verdicted | DecideFault) => {
        cancel()
        if (late) tell({ type: 'late-decision', command: event.command, id: event.id })
        else resolve(outcome)
      }
      const failed = (error: unknown) => settle({ _tag: 'DecideFailed', error })
      const answered = (verdicted: Verdicted | undefined) =>
        verdicted ? settle(verdicted) : failed(new TypeError(`${event.command} takes no decision`))
      watched(watch, 'decision', event.command, () => decision.decide(event, abort.signal))
        .then((verdict) => watched(watch, 'plugin', event.command, () => understood.answer?.(verdict)))
        .then(answered)
        .catch(failed)
    })

  const fallBack = (callback: Callback, ruling: Ruling, ms: number, complaint: string, decideFault?: DecideFault): Decided => {
    const answer = fallbackAnswer(ruling.fallback, callback)
    return { ...callback, answer, decision: { by: 'fallback', code: answer.ErrorCode, ms, complaint }, ...(decideFault && { decideFault }) }
  }

  const askAbout = async (callback: Callback, ruling: Ruling, decision: NonNullable<Ruling['decision']>, understood: Read) => {
    const asked = clock.elapsed()
    const outcome = await ask(decision, decideWithin(ruling.deadline, asked - callback.headAt), callback, understood)
    const ms = Math.round(clock.elapsed() - asked)
    if ('_tag' in outcome) return right(fallBack(callback, ruling, ms, complaints[outcome._tag], outcome))
    const { answer, complaint } = outcome
    const decided: DecisionRecord = { by: 'plugin', code: answer.ErrorCode, ms, ...(complaint && { complaint }) }
    return right({ ...callback, answer, decision: decided })
  }

  return (callback: Callback): Either<Failed, Decided> | Promise<Either<Failed, Decided>> => {
    const ruling = rulings.get(callback.event.command)
    if (!ruling) return right({ ...callback, answer: OK })
    const { understood } = callback
    if (!understood) return right(fallBack(callback, ruling, 0, 'the body was not understood'))
    if (!ruling.decision) return right({ ...callback, answer: understood.answer?.(allow).answer ?? OK })
    return askAbout(callback, ruling, ruling.decision, understood)
  }
}
