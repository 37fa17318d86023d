import { hostname, userInfo } from 'node:os'

const login = (): string => {
  try {
    return userInfo().username
  } catch {
    // The user of a container may have no name.
    return `user ${process.getuid?.() ?? 'unknown'}`
  }
}

/** Returns the name for the log of changes: the given one, or `login@host`. */
export const currentUser = (given: string | undefined): string => given ?? `${login()}@${hostname()}`
