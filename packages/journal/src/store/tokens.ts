import { randomBytes } from 'node:crypto'

/** Gives a token that was never given before, also not by an earlier owner of the journal. */
export const createTokens = (): (() => string) => {
  const owner = randomBytes(6).toString('base64url')
  let given = 0
  return () => {
    given += 1
    return `${given}-${owner}`
  }
}
