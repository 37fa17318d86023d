import { type Either, left, right } from 'fp-ts/lib/Either.js'
import { describeError, describeValue } from '../util/foreign-value.ts'
import { isObject, type Json, type JsonObject } from './json.ts'

const MAX_DEPTH = 1_000
const MAX_VALUES = 1_000_000
const MAX_CHARACTERS = 64 * 2 ** 20

class NotJson extends Error {}

const IDENTIFIER = /^[A-Za-z_$][\w$]*$/
const stepOf = (key: string | number): string => (typeof key === 'string' && IDENTIFIER.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`)

/** JSON loses the content of a Map, a Set, an Error and the like. It keeps that of plain objects and of instances of other classes. */
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => Object.prototype.toString.call(value) === '[object Object]'

/** Returns what `toJSON` of an object returns, as in a Date or a Buffer; else the value itself. */
const withToJson = (value: unknown, key: string): unknown =>
  (isObject(value) || Array.isArray(value)) && 'toJSON' in value && typeof value.toJSON === 'function' ? value.toJSON(key) : value

/**
 * Converts a value of an author to JSON data, as JSON.stringify does, but refuses what JSON.stringify drops or changes silently. A Date
 * becomes its ISO text, a BigInt its digits. A property that is undefined is left out. Left: the first part that is no JSON, such as
 * `$.a.b is a Map`. It never throws, and the result shares no object with the value.
 */
export const toJson = (given: unknown): Either<string, Json> => {
  const keys: (string | number)[] = []
  const ancestors = new Set<unknown>()
  let values = 0
  let characters = 0

  const refuse = (what: string): never => {
    throw new NotJson(what)
  }
  const count = (text: string) => {
    characters += text.length
    if (characters > MAX_CHARACTERS) refuse(`is beyond the limit of ${MAX_CHARACTERS} characters`)
  }

  // `keys` keeps the path of the part that throws.
  const convertList = (list: readonly unknown[]): Json => {
    const converted: Json[] = []
    for (let index = 0; index < list.length; index += 1) {
      keys.push(index)
      converted.push(convert(list[index], String(index)))
      keys.pop()
    }
    return converted
  }
  const convertRecord = (record: Readonly<Record<string, unknown>>): JsonObject => {
    const converted: [string, Json][] = []
    for (const key of Object.keys(record)) {
      keys.push(key)
      count(key)
      const value = record[key]
      if (value !== undefined) converted.push([key, convert(value, key)])
      keys.pop()
    }
    return Object.fromEntries(converted)
  }
  const convertObject = (value: object): Json => {
    if (ancestors.has(value)) return refuse('is a cycle')
    if (ancestors.size >= MAX_DEPTH) return refuse(`is nested deeper than ${MAX_DEPTH} levels`)
    ancestors.add(value)
    const converted = Array.isArray(value)
      ? convertList(value)
      : isRecord(value)
        ? convertRecord(value)
        : refuse(`is ${describeValue(value)}`)
    ancestors.delete(value)
    return converted
  }
  const convert = (given: unknown, key: string): Json => {
    values += 1
    if (values > MAX_VALUES) return refuse(`is beyond the limit of ${MAX_VALUES} values`)
    const value = withToJson(given, key)
    if (value === null && given instanceof Date) return refuse('is an invalid Date')
    if (typeof value === 'string') count(value)
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
    if (typeof value === 'bigint') return value.toString()
    if (typeof value === 'number') return Number.isFinite(value) ? value : refuse(`is ${value}`)
    return typeof value === 'object' ? convertObject(value) : refuse(`is ${describeValue(value)}`)
  }

  try {
    return right(convert(given, ''))
  } catch (error) {
    const path = `$${keys.map(stepOf).join('')}`
    return left(error instanceof NotJson ? `${path} ${error.message}` : `${path} threw: ${describeError(error)}`)
  }
}
