/** A string as SQLite keeps it. */
export type SqlText = string | Uint8Array

// Most text holds none at all, and that is seen faster.
const SURROGATE = /[\ud800-\udfff]/
const LONE_SURROGATE = /\p{Surrogate}/u

/** UTF-8 has no lone surrogates: a string that holds one is kept as a blob of UTF-16, which equals no text. */
export const toSql = (text: string): SqlText => (SURROGATE.test(text) && LONE_SURROGATE.test(text) ? Buffer.from(text, 'utf16le') : text)

/** The very string that was given to `toSql`. */
export const fromSql = (value: SqlText): string => (typeof value === 'string' ? value : Buffer.from(value).toString('utf16le'))
