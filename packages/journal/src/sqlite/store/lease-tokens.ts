import { randomBytes } from 'node:crypto'

/** Gives tokens that were never given before, also not by an earlier owner of the journal; each begins with the position of its event. */
export const createTokens = (): ((event: number) => string) => {
  const owner = randomBytes(6).toString('base64url')
  let given = 0
  return (event) => {
    given += 1
    return `${event}.${given}-${owner}`
  }
}

/** The position of the event that a token was given for; NaN where it is none of ours. */
export const eventOf = (token: string): number => Number.parseInt(token, 10)
