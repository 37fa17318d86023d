import { hash } from 'node:crypto'

// The window keeps a lane in memory for each pending delivery.
const MAX_KEY_LENGTH = 64

/** Returns the lane of an app and a key; undefined without a key. A long key is shortened to its hash. */
export const laneOf = (app: number, key: string | undefined): string | undefined => {
  if (key === undefined) return undefined
  return key.length <= MAX_KEY_LENGTH ? `${app} ${key}` : `${app} #${hash('sha256', JSON.stringify(key))}`
}
