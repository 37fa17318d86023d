/** Bytes that may be held at a time. */
export interface ByteBudget {
  /** Takes so many bytes, and gives what gives them back; undefined when there is no room for them. */
  readonly reserve: (bytes: number) => (() => void) | undefined
}

export const createByteBudget = (most: number): ByteBudget => {
  let taken = 0
  return {
    reserve: (bytes) => {
      if (!(taken + bytes <= most)) return undefined
      taken += bytes
      let mine = bytes
      return () => {
        taken -= mine
        mine = 0
      }
    },
  }
}
