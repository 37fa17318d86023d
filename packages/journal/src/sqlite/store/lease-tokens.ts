import { randomBytes } from 'node:crypto'

/** Returns a function that makes unique tokens, also across owners of the journal. Each token begins with the position of its event. */
export const createLeaseTokens = (): ((event: number) => string) => {
  const ownerId = randomBytes(6).toString('base64url')
  let count = 0
  return (event) => {
    count += 1
    return `${event}.${count}-${ownerId}`
  }
}

/** Returns the position of the event of a token; NaN for a token that no journal made. */
export const eventSeqOf = (token: string): number => Number.parseInt(token, 10)
