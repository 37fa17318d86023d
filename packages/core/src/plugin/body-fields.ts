import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js'
import type * as t from 'io-ts'
import { formatErrors } from '../codec/errors.ts'
import { isObject } from '../json/json.ts'
import { describeValue, ignorePromise, isThenable, placeOf, readSafely } from '../util/foreign-value.ts'

// Runs the functions of a plugin that read a body: its codec, `key` and `eventTime`. Reasons never contain a value of the body, so they
// name the type of a thrown error and its place, and not its message.

/** The vendor's ids have less than 100 characters. A longer key is no id, and a journal may be unable to index it. */
const MAX_KEY_CHARACTERS = 500
// The largest time of a Date, in milliseconds. A later time could be stored but not printed.
const MAX_DATE_MS = 8.64e15

const describeThrown = (error: unknown): string => {
  const place = placeOf(error)
  const what = readSafely(() => (error instanceof Error && typeof error.name === 'string' ? error.name : describeValue(error)), 'an error')
  return place === undefined ? what : `${what} (${place})`
}

/** Runs a function of the plugin. Left: it threw, or returned a promise. */
const callPlugin = <T>(name: string, run: () => T): Either<string, T> => {
  try {
    const value = run()
    if (!isThenable(value)) return right(value)
    ignorePromise(value)
    return left(`${name} returned a Promise; it must return its result at once`)
  } catch (error) {
    return left(`${name} threw ${describeThrown(error)}`)
  }
}

/** Decodes a body. Left: why the codec refuses it, or what the codec itself does wrong. */
export const decodeBody = <Body>(name: string, codec: t.Decoder<unknown, Body>, body: unknown): Either<readonly string[], Body> => {
  const result = callPlugin(name, () => codec.decode(body))
  if (isLeft(result)) return left([result.left])
  const decoded = result.right
  if (!isObject(decoded) || !('_tag' in decoded))
    return left([`${name} returned ${describeValue(decoded)}; expected the result of an io-ts codec`])
  return isLeft(decoded) ? left(formatErrors(decoded.left)) : decoded
}

/** Returns the key of a body. An empty text is no key: a sender may leave a field empty. */
export const readKey = <Body>(name: string, key: (body: Body) => unknown, body: Body): Either<string, string | undefined> => {
  const result = callPlugin(name, () => key(body))
  if (isLeft(result)) return result
  const value = result.right
  if (value === undefined || value === '') return right(undefined)
  if (typeof value !== 'string') return left(`${name} returned ${describeValue(value)}; expected a text or undefined`)
  if (value.length > MAX_KEY_CHARACTERS)
    return left(`${name} returned a text of ${value.length} characters; expected at most ${MAX_KEY_CHARACTERS}`)
  // A journal stores UTF-8, which has no lone surrogates.
  return right(value.isWellFormed() ? value : value.toWellFormed())
}

/** Returns when it happened. A time that no Date can hold is absent. */
export const readEventTime = <Body>(name: string, eventTime: (body: Body) => unknown, body: Body): Either<string, number | undefined> => {
  const result = callPlugin(name, () => eventTime(body))
  if (isLeft(result)) return result
  const value = result.right
  if (value !== undefined && typeof value !== 'number')
    return left(`${name} returned ${describeValue(value)}; expected milliseconds or undefined`)
  return right(value !== undefined && Math.abs(value) <= MAX_DATE_MS ? value : undefined)
}
