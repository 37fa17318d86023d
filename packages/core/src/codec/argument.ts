import * as t from 'io-ts'
import { isObject } from '../json/json.ts'
import { ConfigError, type Problem } from '../util/config-error.ts'
import { describeValue } from '../util/foreign-value.ts'
import { suggest } from '../util/suggest.ts'
import { Codec } from './codec.ts'
import { type Fields, Struct, UNKNOWN_FIELD } from './struct.ts'

// JavaScript users get no compile errors, so the arguments of `definePlugin` and its like are checked at run time, too.

/** Declares an argument. `name` describes the expected value. The value is only checked: its type comes from the signature. */
export const argument = (name: string, test: (value: unknown) => boolean): Codec<unknown> =>
  new Codec<unknown>(
    name,
    (_value): _value is unknown => true,
    (value, context) => (test(value) ? t.success(value) : t.failure(value, context)),
    t.identity,
  )

export const isFunction = (value: unknown): value is (...given: never) => unknown => typeof value === 'function'

/** A function. */
export const functionArgument = argument('a function', isFunction)

/** An object with these methods. */
export const methodsArgument = (name: string, ...methods: readonly string[]): Codec<unknown> =>
  argument(name, (value) => (isFunction(value) || isObject(value)) && methods.every((method) => isFunction(Reflect.get(value, method))))

/** An io-ts codec, also of another copy of io-ts. */
export const codecArgument = argument(
  'an io-ts codec, such as struct({ GroupId: string }) of @callboard/core',
  (value) =>
    isObject(value) && typeof value.name === 'string' && isFunction(value.decode) && isFunction(value.is) && isFunction(value.encode),
)

const startsWithVowel = /^[aeiou]/i
const needs = (owner: string, key: string, expected: string): string => {
  const article = key.endsWith('s') ? '' : startsWithVowel.test(key) ? 'an ' : 'a '
  return `${owner} needs ${article}${key}: ${expected}`
}

const keysOf = (codec: unknown): readonly string[] => (codec instanceof Struct ? Object.keys({ ...codec.required, ...codec.optional }) : [])

/** Returns everything that is wrong with an argument. `owner` names in a sentence what lacks a required key. */
export const argumentProblems = (codec: t.Mixed, given: unknown, path: Problem['path'] = [], owner?: string): readonly Problem[] => {
  const decoded = codec.decode(given)
  if (decoded._tag === 'Right') return []
  return decoded.left.map(({ context, value, message }): Problem => {
    const keys = context.slice(1).map(({ key }) => key)
    const at = (last: number, text: string): Problem => ({ path: [...path, ...keys.slice(0, last)], message: text, level: 'error' })
    const key = keys.at(-1) ?? ''
    const expected = context.at(-1)?.type?.name ?? 'something else'
    if (message === UNKNOWN_FIELD) return at(-1, `unknown key ${JSON.stringify(key)}${suggest(key, keysOf(context.at(-2)?.type))}`)
    if (owner !== undefined && value === undefined && keys.length === 1) return at(-1, needs(owner, key, expected))
    return at(keys.length, message ?? `expected ${expected}, got ${typeof value === 'number' ? value : describeValue(value)}`)
  })
}

/** Checks an argument. Throws a ConfigError with everything that is wrong. `subject` starts each line of its message. */
export const requireArgument = <R extends Fields, O extends Fields>(
  codec: Struct<R, O>,
  given: unknown,
  { owner, subject }: { readonly owner?: string; readonly subject?: string },
): void => {
  const problems = argumentProblems(codec, given, [], owner)
  if (problems.length > 0) throw new ConfigError(problems, subject)
}

/** Throws a ConfigError with the explanations, if there are any. `subject` starts each line of its message. */
export const requireSound = (subject: string, explanations: readonly (string | undefined)[]): void => {
  const problems = explanations.flatMap((message): Problem[] => (message === undefined ? [] : [{ path: [], message, level: 'error' }]))
  if (problems.length > 0) throw new ConfigError(problems, subject)
}
