import * as t from 'io-ts'
import { Codec } from './codec.ts'
import { withSchema } from './schema.ts'

const DIGITS = /^-?\d{1,16}$/

/** Returns the integer of a number or of digits. Undefined when it is neither, or too large to be exact. */
const exactInteger = (value: unknown): number | undefined => {
  const number = typeof value === 'string' && DIGITS.test(value) ? Number(value) : value
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : undefined
}

const isSafeInteger = (value: unknown): value is number => Number.isSafeInteger(value)

const numberNamed = (name: string, is: t.Is<number>, read: (value: unknown) => number | undefined, written: RegExp = DIGITS) =>
  withSchema(
    new Codec<number, number | string>(
      name,
      is,
      (value, context) => {
        const number = read(value)
        return number === undefined ? t.failure(value, context) : t.success(number)
      },
      (number) => number,
    ),
    { type: [written === DIGITS ? 'integer' : 'number', 'string'], pattern: written.source },
  )

/** A whole number, sent as a number or as digits. Decodes to a number. */
export const integer = numberNamed('a whole number', isSafeInteger, exactInteger)

/** A time in milliseconds since the Unix epoch, sent as a number or as digits: 1670574414123 or "1670574414123". Decodes to a number. */
export const millis = numberNamed('milliseconds', isSafeInteger, exactInteger)

const FRACTION = /^-?\d{1,15}\.\d{1,15}$/
const isAnyNumber = (value: unknown): value is number => Number.isFinite(value)
const anyNumber = (value: unknown): number | undefined =>
  typeof value === 'string' && FRACTION.test(value) ? Number(value) : isAnyNumber(value) ? value : exactInteger(value)

/** A number, sent as a number or as text: 39.9 or "39.9". Decodes to a number. */
export const decimal = numberNamed('a number', isAnyNumber, anyNumber, new RegExp(`${DIGITS.source}|${FRACTION.source}`))

/** A time or duration in seconds, sent as a number or as digits. Decodes to a number of seconds. */
export const seconds = numberNamed('seconds', isSafeInteger, exactInteger)

/** Returns seconds as milliseconds. An absent time stays absent. */
export const inMillis = (seconds: number | undefined): number | undefined => (seconds === undefined ? undefined : seconds * 1_000)

/** An account, sent as text or as an internal number: "user1", "144115198576116560" or 144115198. Decodes to text. */
export const identifier = withSchema(
  new Codec<string, string | number>(
    'an identifier',
    t.string.is,
    (value, context) => {
      if (typeof value === 'string') return t.success(value)
      // A larger number has lost digits: it would name another account.
      return isSafeInteger(value) ? t.success(String(value)) : t.failure(value, context)
    },
    (text) => text,
  ),
  { type: ['string', 'integer'] },
)

/** A boolean, sent as a boolean or as a word: false or "false". Decodes to a boolean. */
export const flag = withSchema(
  new Codec<boolean, boolean | 'true' | 'false'>(
    'true or false',
    t.boolean.is,
    (value, context) => {
      if (typeof value === 'boolean') return t.success(value)
      return value === 'true' || value === 'false' ? t.success(value === 'true') : t.failure(value, context)
    },
    (value) => value,
  ),
  { enum: [true, false, 'true', 'false'] },
)

/** Declares a closed set of words. */
export const oneOf = <const Word extends string>(...words: readonly [Word, ...Word[]]): Codec<Word> => {
  const isWord = (value: unknown): value is Word => words.some((word) => word === value)
  return withSchema(
    new Codec<Word, Word>(
      words.map((word) => JSON.stringify(word)).join(' or '),
      isWord,
      (value, context) => (isWord(value) ? t.success(value) : t.failure(value, context)),
      (word) => word,
    ),
    { enum: [...words] },
  )
}
