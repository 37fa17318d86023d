/** Bytes that may be held at a time. */
export interface Room {
  /** Takes so many bytes, and gives what gives them back; undefined when there is no room for them. */
  readonly take: (bytes: number) => (() => void) | undefined
}

export const createRoom = (most: number): Room => {
  let taken = 0
  return {
    take: (bytes) => {
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
