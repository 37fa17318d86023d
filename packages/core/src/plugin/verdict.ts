import type * as t from 'io-ts'
import type { JsonObject } from '../json/json.ts'

/** Let it happen. */
export interface Allow {
  readonly verdict: 'allow'
  // Without it an AllowWith would pass for an Allow.
  readonly fields?: never
}
/** Let it happen, with more fields in the answer, such as a rewritten `MsgBody`. */
export interface AllowWith<Fields> {
  readonly verdict: 'allow'
  readonly fields: Fields
}
/** Stop it. `code` and `text` reach the client where the vendor passes them on. */
export interface Refuse {
  readonly verdict: 'refuse'
  readonly code?: number
  readonly text?: string
}
/** Stop it silently: the sender sees success. */
export interface Drop {
  readonly verdict: 'drop'
}
/** Whatever a decision may say, for callbacks of all kinds. */
export type Verdict = Allow | AllowWith<unknown> | Refuse | Drop

/** Lets the operation go on. */
export const allow: Allow = { verdict: 'allow' }

/** Stops a message silently; it compiles only for the callbacks whose vendor page knows ErrorCode 2. */
export const drop: Drop = { verdict: 'drop' }

/**
 * Stops the operation. `refuse()` gives the vendor's own error; `refuse(10100, 'no spam here')` reaches the client, provided that
 * the code lies in the range of the callback. A code outside of it still refuses, with the plain code, and is counted.
 */
export const refuse = (code?: number, text?: string): Refuse => ({
  verdict: 'refuse',
  ...(code !== undefined && { code }),
  ...(text !== undefined && { text }),
})

/** Lets the operation go on with fields in the answer; they are typed by the callback where the value is returned. */
export const allowWith = <Fields>(fields: NoInfer<Fields>): AllowWith<Fields> => ({ verdict: 'allow', fields })

/** The vendor's answer: the three required fields, then whatever a reply carries besides. */
export interface VendorAnswer {
  readonly ActionStatus: 'OK' | 'FAIL'
  readonly ErrorInfo: string
  readonly ErrorCode: number
  readonly [field: string]: unknown
}

/** What happens when a decision fails or comes late. */
export type Fallback = 'allow' | 'refuse'

/** What a family of before-callbacks declares about its answers. */
export interface VerdictSpec<Reply, D extends boolean, Body> {
  /** What an OK may carry besides the three fields. */
  readonly reply?: t.Type<Reply, unknown, unknown>
  /** Codes that refuse and reach the client, both ends included. None: only the plain refusal, code 1. */
  readonly codes?: readonly [from: number, to: number]
  /** True where ErrorCode 2 drops silently. */
  readonly drop?: D
  /** What to do when the decision fails or comes late; default `allow`, as the vendor itself does. */
  readonly fallback?: Fallback
  /** `Sns.Prev*`: the verdict sits per account inside the answer, so the fields of an allow are built from the body… */
  readonly allow?: (body: Body) => NoInfer<Reply>
  /** …and so are those of a refusal. */
  readonly refuse?: (body: Body, code: number, text: string) => NoInfer<Reply>
  /** What a decision gave, as the answer to this body has to carry it: the accounts that it did not mention, for instance. */
  readonly complete?: (given: NoInfer<Reply>, body: Body) => NoInfer<Reply>
}

/** What may be answered, for tools and docs. */
export interface ReplyRules {
  readonly fallback: Fallback
  /** What an OK may carry besides the three fields. */
  readonly reply?: t.Mixed
  /** Codes that refuse and reach the client, both ends included. */
  readonly codes?: readonly [from: number, to: number]
  /** May it be dropped silently? */
  readonly drop: boolean
}

/** What a decision for this callback may say. */
export type AllowedVerdict<Reply, D extends boolean> =
  | Allow
  | Refuse
  | ([Reply] extends [never] ? never : AllowWith<Reply>)
  | (D extends true ? Drop : never)

/** A verdict as the vendor's answer; `complaint` tells what in the verdict could not be answered as it was given. */
export interface EncodedVerdict {
  readonly answer: VendorAnswer
  readonly warning?: string
}

/** How a before-callback turns a verdict into an answer. Made by `verdicts`. */
export interface BeforeSpec<in Body, out V extends Verdict> extends ReplyRules {
  /** Total for every verdict; anything else (from JavaScript) throws a TypeError. */
  readonly answer: (verdict: Verdict, body: Body) => EncodedVerdict
  /** What `V` is; never present at run time. */
  readonly types?: V
}

/** The plain OK: ErrorCode 0 and nothing else. */
export const OK: VendorAnswer = { ActionStatus: 'OK', ErrorInfo: '', ErrorCode: 0 }

const ok = (ErrorCode: number, ErrorInfo = ''): VendorAnswer => ({ ActionStatus: 'OK', ErrorInfo, ErrorCode })

const REFUSED = 1
const DROPPED = 2

/** Declares what a family of before-callbacks may answer; goes into `definePlugin({ before })`. */
export const verdicts = <Reply = never, const D extends boolean = false, Body = unknown>(
  spec: VerdictSpec<Reply, D, Body>,
): BeforeSpec<Body, AllowedVerdict<Reply, D>> => {
  const { reply, codes, allow, refuse, complete } = spec
  const fieldsOf = (given: unknown, body: Body): JsonObject | undefined => {
    if (reply === undefined || !reply.is(given)) return undefined
    const encoded = reply.encode(complete ? complete(given, body) : given)
    return typeof encoded === 'object' && encoded !== null ? { ...encoded } : undefined
  }
  const builtAllow = (body: Body): VendorAnswer => ({ ...(allow && fieldsOf(allow(body), body)), ...OK })
  const allowed = (given: unknown, body: Body): EncodedVerdict => {
    if (given === undefined) return { answer: builtAllow(body) }
    const fields = fieldsOf(given, body)
    return fields === undefined
      ? { answer: builtAllow(body), warning: 'the fields of the answer do not fit its codec and were left out' }
      : { answer: { ...fields, ...OK } }
  }
  const plainRefusal = refuse && codes ? codes[0] : REFUSED
  const refused = (body: Body, code: number, text: string): EncodedVerdict => {
    const legal = code === plainRefusal || (codes !== undefined && code >= codes[0] && code <= codes[1])
    const used = legal ? code : plainRefusal
    const answer = refuse ? { ...fieldsOf(refuse(body, used, text), body), ...OK } : ok(used, text)
    return legal ? { answer } : { answer, warning: `refused with a code that does not reach the client; ${plainRefusal} was sent instead` }
  }
  return {
    fallback: spec.fallback ?? 'allow',
    ...(reply && { reply }),
    ...(codes && { codes }),
    drop: spec.drop ?? false,
    answer: (verdict, body) => {
      switch (verdict.verdict) {
        case 'allow':
          return allowed(verdict.fields, body)
        case 'refuse':
          return refused(body, verdict.code ?? plainRefusal, verdict.text ?? '')
        case 'drop':
          return spec.drop
            ? { answer: ok(DROPPED) }
            : { ...refused(body, plainRefusal, ''), warning: 'drop is unknown to this callback; it was refused' }
        default:
          throw new TypeError('a decision must return allow, allowWith(…), refuse(…) or drop')
      }
    },
  }
}
