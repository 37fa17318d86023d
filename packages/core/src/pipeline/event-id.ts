import { randomFillSync } from 'node:crypto'
import { v7 } from 'uuid'

const ID_BYTES = 16
// One call for many ids: drawing random bytes costs more than the rest of an id.
const pool = new Uint8Array(ID_BYTES * 256)
let used = pool.length

/** Returns a new event id: a UUID of version 7, which sorts by time. */
export const newEventId = (): string => {
  if (used === pool.length) {
    randomFillSync(pool)
    used = 0
  }
  used += ID_BYTES
  return v7({ random: pool.subarray(used - ID_BYTES, used) })
}
