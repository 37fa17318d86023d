import { hostname, userInfo } from 'node:os'

const login = (): string => {
  try {
    return userInfo().username
  } catch {
    // In a container the user may have no name.
    return `user ${process.getuid?.() ?? 'unknown'}`
  }
}

/** Who changes something: as the command line says, else the user's login name and the machine's. */
export const currentUser = (given: string | undefined): string => given ?? `${login()}@${hostname()}`
