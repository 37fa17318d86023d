import { type AllowWith, isObject } from '@callboard/core'
import * as t from 'io-ts'

/** Accounts that are refused while the others go on. */
export interface Except {
  readonly except: readonly string[]
}

const isExcept = (value: unknown): value is Except =>
  isObject(value) && Array.isArray(value.except) && value.except.every((account) => typeof account === 'string')

/** How a decision says it; the family of the callback knows how the vendor wants it said. */
export const Except = new t.Type<Except, Except, unknown>(
  'the accounts to refuse',
  isExcept,
  (value, context) => (isExcept(value) ? t.success(value) : t.failure(value, context)),
  t.identity,
)

/** Lets the operation go on without these accounts: `except(['user2'])`. Compiles only where the vendor knows how to refuse some. */
export const except = (accounts: readonly string[]): AllowWith<Except> => ({ verdict: 'allow', fields: { except: accounts } })
