import { type AllowWith, Codec, list, string, struct, type TypeOf } from '@callboard/core'

const accounts = struct({ except: list(string) })

/** The accounts to refuse while the others go on. */
export type Except = TypeOf<typeof accounts>

/**
 * The accounts to refuse while the others go on. It is no struct, since `except` is no field of the vendor's: the family of the
 * callback turns it into the vendor's reply.
 */
export const Except = new Codec<Except, Except>('the accounts to refuse', accounts.is, accounts.validate, (value) => value)

/** Lets the operation go on without these accounts: `except(['user2'])`. Compiles only for callbacks that can refuse single accounts. */
export const except = (accounts: readonly string[]): AllowWith<Except> => ({ verdict: 'allow', fields: { except: accounts } })
