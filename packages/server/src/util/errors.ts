/** Returns the code of a Node error, such as `ENOENT`. Returns an empty string if there is none. */
export const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '')

/** Returns the message of a thrown value. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

const SYSTEM_ERROR = /^(?<code>E[A-Z0-9]+): (?<text>.*?), \w+(?: '.*)?$/s

/**
 * Returns the message of a thrown value. A message of the system has its code once and neither the call nor the path: `EACCES, permission
 * denied` instead of `EACCES: permission denied, open '/x'`. The caller names the path.
 */
export const systemMessage = (error: unknown): string => {
  const message = messageOf(error)
  const { code, text } = SYSTEM_ERROR.exec(message)?.groups ?? {}
  return code === undefined ? message : `${code}, ${text}`
}
