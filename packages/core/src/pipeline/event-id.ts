import { randomFillSync } from 'node:crypto'
import { v7 } from 'uuid'

const BYTES = 16
// Drawing random bytes costs more than all else of an id, however many are drawn.
const drawn = new Uint8Array(BYTES * 256)
let used = drawn.length

/** A new UUID of version 7. */
export const newId = (): string => {
  if (used === drawn.length) {
    randomFillSync(drawn)
    used = 0
  }
  used += BYTES
  return v7({ random: drawn.subarray(used - BYTES, used) })
}
