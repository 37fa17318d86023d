const NOT_IN_A_PATH = /[^!-~]|[\\?#]/gu

/** Returns a path as an HTTP request carries it: with percent-encoding, and without `.` and `..`. */
export const encodePath = (path: string): string =>
  new URL(`http://host${path.toWellFormed().replace(NOT_IN_A_PATH, encodeURIComponent)}`).pathname

/** Two spellings of one path are equal in this form: one slash at the end does not count, nor does the case of a percent-encoded byte. */
const comparable = (path: string): string => path.replace(/\/$/, '').replace(/%[0-9a-f]{2}/gi, (byte) => byte.toUpperCase())

/** Returns a test whether a requested path is the configured one. */
export const createPathMatch = (configured: string): ((requested: string) => boolean) => {
  const expected = comparable(configured)
  return (requested) => requested === configured || comparable(requested) === expected
}
