import { isRight } from 'fp-ts/lib/Either.js'
import type * as t from 'io-ts'
import { argument, codecArgument, functionArgument, requireArgument } from '../codec/argument.ts'
import { oneOf } from '../codec/scalars.ts'
import { strictStruct } from '../codec/struct.ts'
import { isObject, type JsonObject } from '../json/json.ts'
import { toJson } from '../json/to-json.ts'
import { describeValue } from '../util/foreign-value.ts'

/** Allows the operation. */
export interface Allow {
  readonly verdict: 'allow'
  // Without it an AllowWith would pass for an Allow.
  readonly fields?: never
}
/** Allows the operation and adds fields to the answer, such as a rewritten `MsgBody`. */
export interface AllowWith<Fields> {
  readonly verdict: 'allow'
  readonly fields: Fields
}
/** Refuses the operation. `code` and `text` reach the client if the vendor passes them on. */
export interface Refuse {
  readonly verdict: 'refuse'
  readonly code?: number
  readonly text?: string
}
/** Drops a message silently: the sender sees success. */
export interface Drop {
  readonly verdict: 'drop'
}
/** The result of a decision, for callbacks of all kinds. */
export type Verdict = Allow | AllowWith<unknown> | Refuse | Drop

/** Allows the operation. */
export const allow: Allow = { verdict: 'allow' }

/** Drops a message silently. It compiles only for callbacks whose vendor page has ErrorCode 2. */
export const drop: Drop = { verdict: 'drop' }

/**
 * Refuses the operation. With `refuse()` the client sees the error of the vendor. With `refuse(10100, 'no spam here')` the client sees
 * this code and text, if the code is in the range of the callback. For a code outside the range, the answer has the default code of a
 * refusal instead, and the event is stored with a warning.
 */
export const refuse = (code?: number, text?: string): Refuse => ({
  verdict: 'refuse',
  ...(code !== undefined && { code }),
  ...(text !== undefined && { text }),
})

/** Allows the operation and adds fields to the answer. The callback gives the type of the fields. */
export const allowWith = <Fields>(fields: NoInfer<Fields>): AllowWith<Fields> => ({ verdict: 'allow', fields })

/** The vendor's answer: three required fields and the fields of the reply. */
export interface VendorAnswer {
  readonly ActionStatus: 'OK' | 'FAIL'
  readonly ErrorInfo: string
  readonly ErrorCode: number
  readonly [field: string]: unknown
}

/** The answer when a decision fails or is late. */
export type Fallback = 'allow' | 'refuse'

/** The declaration of the answers of a before-callback. */
export interface VerdictSpec<Reply, D extends boolean, Body> {
  /** The codec of the fields that an OK may have beside the three required ones. */
  readonly reply?: t.Type<Reply, unknown, unknown>
  /** The range of codes that refuse and reach the client, both ends included. Absent: only the plain refusal, code 1. */
  readonly codes?: readonly [from: number, to: number]
  /** True when ErrorCode 2 drops silently. */
  readonly drop?: D
  /** The answer when the decision fails or is late; default `allow`, as the vendor does. */
  readonly fallback?: Fallback
  /** `Sns.Prev*` only: the answer has a verdict per account. Builds the fields of an allow from the body. */
  readonly allow?: (body: Body) => NoInfer<Reply>
  /** `Sns.Prev*` only: builds the fields of a refusal from the body. */
  readonly refuse?: (body: Body, code: number, text: string) => NoInfer<Reply>
  /** Completes the fields of a decision for this body, for example with the accounts that it did not mention. */
  readonly complete?: (given: NoInfer<Reply>, body: Body) => NoInfer<Reply>
}

/** The possible answers of a before-callback, for tools and documents. */
export interface ReplyRules {
  readonly fallback: Fallback
  /** The codec of the fields that an OK may have beside the three required ones. */
  readonly reply?: t.Mixed
  /** The range of codes that refuse and reach the client, both ends included. */
  readonly codes?: readonly [from: number, to: number]
  /** Whether it can be dropped silently. */
  readonly drop: boolean
}

/** The verdicts that a decision for this callback may return. */
export type AllowedVerdict<Reply, D extends boolean> =
  | Allow
  | Refuse
  | ([Reply] extends [never] ? never : AllowWith<Reply>)
  | (D extends true ? Drop : never)

/** A verdict as the vendor's answer. `warning` tells which part of the verdict could not be answered as given. */
export interface EncodedVerdict {
  readonly answer: VendorAnswer
  readonly warning?: string
}

/** Encodes the verdicts of a before-callback as answers. Made with `verdicts`. */
export interface BeforeSpec<in Body, out V extends Verdict> extends ReplyRules {
  /** Encodes a verdict. Throws a TypeError for a value that is no verdict. */
  readonly answer: (verdict: Verdict, body: Body) => EncodedVerdict
  /** Carries the type; never present at run time. */
  readonly types?: V
}

/** The plain OK: ErrorCode 0 without further fields. */
export const OK: VendorAnswer = { ActionStatus: 'OK', ErrorInfo: '', ErrorCode: 0 }

const ok = (ErrorCode: number, ErrorInfo = ''): VendorAnswer => ({ ActionStatus: 'OK', ErrorInfo, ErrorCode })

const REFUSED = 1
const DROPPED = 2

const EXPECTED = 'expected allow, allowWith(…), refuse(…) or drop'

const isRange = (value: unknown): boolean =>
  Array.isArray(value) && value.length === 2 && value.every(Number.isSafeInteger) && value[0] <= value[1]

/** The argument of `verdicts`. */
const verdictSpec = strictStruct(
  {},
  {
    reply: codecArgument,
    codes: argument('two whole numbers, [from, to]', isRange),
    drop: argument('true or false', (value) => typeof value === 'boolean'),
    fallback: oneOf('allow', 'refuse'),
    allow: functionArgument,
    refuse: functionArgument,
    complete: functionArgument,
  },
)

/**
 * Declares the possible answers of a before-callback, for `definePlugin({ before })`. Throws a ConfigError that lists everything that is
 * wrong with the declaration.
 */
export const verdicts = <Reply = never, const D extends boolean = false, Body = unknown>(
  spec: VerdictSpec<Reply, D, Body>,
): BeforeSpec<Body, AllowedVerdict<Reply, D>> => {
  requireArgument(verdictSpec, spec, { subject: 'verdicts' })
  const { reply, codes, allow, refuse, complete } = spec
  const fieldsOf = (given: unknown, body: Body): JsonObject | undefined => {
    if (reply === undefined || !reply.is(given)) return undefined
    const json = toJson(reply.encode(complete ? complete(given, body) : given))
    return isRight(json) && isObject(json.right) ? json.right : undefined
  }
  const builtAllow = (body: Body): VendorAnswer => ({ ...(allow && fieldsOf(allow(body), body)), ...OK })
  const allowed = (given: unknown, body: Body): EncodedVerdict => {
    if (given === undefined) return { answer: builtAllow(body) }
    const fields = fieldsOf(given, body)
    return fields === undefined
      ? { answer: builtAllow(body), warning: 'the fields of the reply are invalid and were left out' }
      : { answer: { ...fields, ...OK } }
  }
  const plainRefusal = refuse && codes ? codes[0] : REFUSED
  const refused = (body: Body, code: number, text: unknown): EncodedVerdict => {
    const inRange = Number.isInteger(code) && codes !== undefined && code >= codes[0] && code <= codes[1]
    const legal = code === plainRefusal || inRange
    const used = legal ? code : plainRefusal
    const usedText = typeof text === 'string' ? text : ''
    const answer = refuse ? { ...fieldsOf(refuse(body, used, usedText), body), ...OK } : ok(used, usedText)
    if (!legal) return { answer, warning: `the code of the refusal is out of range; ${plainRefusal} was sent instead` }
    return usedText === text ? { answer } : { answer, warning: `the text of the refusal is ${describeValue(text)} and was left out` }
  }
  return {
    fallback: spec.fallback ?? 'allow',
    ...(reply && { reply }),
    ...(codes && { codes }),
    drop: spec.drop ?? false,
    answer: (verdict, body) => {
      // JavaScript users may return anything.
      if (!isObject(verdict)) throw new TypeError(`a decision returned ${describeValue(verdict)}; ${EXPECTED}`)
      switch (verdict.verdict) {
        case 'allow':
          return allowed(verdict.fields, body)
        case 'refuse':
          return refused(body, verdict.code ?? plainRefusal, verdict.text ?? '')
        case 'drop':
          return spec.drop
            ? { answer: ok(DROPPED) }
            : { ...refused(body, plainRefusal, ''), warning: 'this callback cannot be dropped; it was refused' }
        default:
          throw new TypeError(`a decision returned ${describeValue(verdict)}; ${EXPECTED}`)
      }
    },
  }
}
