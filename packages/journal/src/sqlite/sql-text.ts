/** A string as SQLite stores it. */
export type SqlText = string | Uint8Array

/** Returns the value to store for a string. A string with a lone surrogate has no UTF-8 and becomes a blob of UTF-16. */
export const toSql = (text: string): SqlText => (text.isWellFormed() ? text : Buffer.from(text, 'utf16le'))

/** Returns the string that was passed to `toSql`. */
export const fromSql = (value: SqlText): string => (typeof value === 'string' ? value : Buffer.from(value).toString('utf16le'))
