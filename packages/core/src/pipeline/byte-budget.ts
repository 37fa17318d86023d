/** A semaphore that counts bytes. */
export interface ByteBudget {
  /** Reserves bytes and returns the function that releases them. Undefined when the budget is exhausted. */
  readonly reserve: (bytes: number) => (() => void) | undefined
}

/** Creates a budget of `limit` bytes. */
export const createByteBudget = (limit: number): ByteBudget => {
  let reserved = 0
  return {
    reserve: (bytes) => {
      // A NaN must not pass.
      if (!(reserved + bytes <= limit)) return undefined
      reserved += bytes
      let mine = bytes
      return () => {
        reserved -= mine
        mine = 0
      }
    },
  }
}
