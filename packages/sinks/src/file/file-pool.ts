import type { Appender } from './appender.ts'

/** Files that are open at a time, beside those that are being written to. */
const MOST_OPEN = 64

/** The files of one sink, opened when they are needed; the one that was not used for longest is closed for another. */
export interface Shelf {
  readonly append: (path: string, line: string, signal: AbortSignal) => Promise<void>
  readonly close: () => Promise<void>
}

interface Placed {
  readonly appender: Promise<Appender>
  busy: number
}

/** Keeps files open. */
export const createShelf = (openAt: (path: string) => Promise<Appender>): Shelf => {
  // A Map remembers the order of insertion: what is used moves to the end.
  const open = new Map<string, Placed>()

  const take = (path: string): Placed => {
    const placed = open.get(path) ?? { appender: openAt(path), busy: 0 }
    open.delete(path)
    open.set(path, placed)
    return placed
  }

  const forget = async (path: string, { appender }: Placed) => {
    open.delete(path)
    // Everything in it has been synced or rejected: closing changes nothing about that.
    await appender.then((each) => each.close()).catch(() => {})
  }

  const makeRoom = async () => {
    if (open.size <= MOST_OPEN) return
    const idle = [...open].find(([, { busy }]) => busy === 0)
    if (idle) await forget(...idle)
  }

  return {
    append: async (path, line, signal) => {
      const placed = take(path)
      placed.busy += 1
      try {
        const appender = await placed.appender
        await appender.append(line, signal)
      } catch (error) {
        // The next attempt opens it anew, and repairs it; a line that was only given up leaves the file as it is.
        if (error !== signal.reason && open.get(path) === placed) open.delete(path)
        throw error
      } finally {
        placed.busy -= 1
      }
      await makeRoom()
    },
    close: async () => {
      await Promise.all([...open].map((each) => forget(...each)))
    },
  }
}
