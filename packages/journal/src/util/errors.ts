/** The `code` of a system or SQLite error; `EIO` for any other value. */
export const errorCode = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : 'EIO')

/** The message of a system error without its code, its call and its path: `permission denied`. The caller has them. */
export const errorDetail = (error: unknown): string => {
  const message = errorMessage(error)
  return /^E[A-Z0-9]+: (.*?), \w+(?: '.*)?$/s.exec(message)?.[1] ?? message
}

/** The message of an error; any other value as text. */
export const errorMessage = (error: unknown): string => (error instanceof Error ? error.message : String(error))
