import { isLeft } from 'fp-ts/lib/Either.js'
import { isObject } from '../json/json.ts'
import { toJson } from '../json/to-json.ts'
import { describeError, describeValue, ignorePromise, isErrorNamed, isThenable, placeOf, readSafely } from '../util/foreign-value.ts'

/** Thrown when a hook throws, or returns a payload that its kind of sink cannot use. Its `cause` is what the hook threw. */
export class HookError extends Error {
  /** Also true for errors of another copy of this package. */
  static override [Symbol.hasInstance](value: unknown): value is HookError {
    return isErrorNamed(value, 'HookError', 'kind')
  }
  override readonly name = 'HookError'
  /** The kind of sink. */
  readonly kind: string
  constructor(kind: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.kind = kind
  }
}

/** An error of a delivery has up to 500 characters. This leaves room for the names and the place. */
const MAX_CAUSE_CHARACTERS = 200

const isLogPayload = (payload: unknown): boolean =>
  typeof payload === 'string' ||
  (isObject(payload) && typeof payload.message === 'string' && (payload.fields === undefined || isObject(payload.fields)))

/** The checks of the values that the hooks of `HookPayloads` return. Hooks for other kinds may return anything. */
const expectations: ReadonlyMap<string, { readonly expected: string; readonly test: (payload: unknown) => boolean }> = new Map([
  ['log', { expected: 'a text, or { message, fields }', test: isLogPayload }],
  ['file', { expected: 'an object', test: (payload) => isObject(payload) && !(payload instanceof Date) }],
  ['webhook', { expected: 'JSON', test: () => true }],
])

/**
 * Runs the hook of a plugin and returns its payload: JSON data for the kinds of `HookPayloads`, anything for another kind.
 * Throws a HookError.
 */
export const runHook = (command: string, kind: string, hook: () => unknown): unknown => {
  const name = `hook ${kind} of plugin ${command}`
  const call = () => {
    try {
      return hook()
    } catch (error) {
      const place = placeOf(error)
      throw new HookError(kind, `${name} threw: ${describeError(error, MAX_CAUSE_CHARACTERS)}${place === undefined ? '' : ` (${place})`}`, {
        cause: error,
      })
    }
  }
  const payload = call()
  const refuse = (expected: string): never => {
    throw new HookError(kind, `${name} returned ${describeValue(payload)}; expected ${expected}`)
  }
  if (isThenable(payload)) {
    ignorePromise(payload)
    return refuse('the payload itself: hooks are not async')
  }
  if (payload === undefined) return refuse('a payload')
  const expectation = expectations.get(kind)
  if (expectation === undefined) return payload
  const json = toJson(payload)
  if (isLeft(json)) throw new HookError(kind, `${name} returned a value that JSON cannot carry: ${json.left}`)
  return readSafely(() => expectation.test(payload), false) ? json.right : refuse(expectation.expected)
}
