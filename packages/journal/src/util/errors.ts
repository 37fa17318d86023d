/** The `code` of a system or SQLite error; `EIO` for any other value. */
export const errorCode = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : 'EIO')

/** The message of an error; any other value as text. */
export const errorMessage = (error: unknown): string => (error instanceof Error ? error.message : String(error))
