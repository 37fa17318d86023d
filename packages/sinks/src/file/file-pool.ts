import type { Appender } from './appender.ts'

/** Files with a running write do not count. */
const MAX_IDLE_FILES = 64

/** The open files of one sink. It opens a file on demand and closes the least recently used one when too many are open. */
export interface FilePool {
  readonly append: (path: string, line: string, signal: AbortSignal) => Promise<void>
  readonly close: () => Promise<void>
}

interface PooledFile {
  readonly appender: Promise<Appender>
  writes: number
}

/** Creates an empty pool. `openAt` opens the file at a path. */
export const createFilePool = (openAt: (path: string) => Promise<Appender>): FilePool => {
  // A Map keeps the order of insertion, so each use moves a file to the end.
  const files = new Map<string, PooledFile>()

  const use = (path: string): PooledFile => {
    const file = files.get(path) ?? { appender: openAt(path), writes: 0 }
    files.delete(path)
    files.set(path, file)
    return file
  }

  const closeFile = async (path: string, { appender }: PooledFile) => {
    files.delete(path)
    // An error of close changes nothing: every line is already synced or rejected.
    await appender.then((opened) => opened.close()).catch(() => {})
  }

  const evict = async () => {
    if (files.size <= MAX_IDLE_FILES) return
    const idle = [...files].find(([, { writes }]) => writes === 0)
    if (idle) await closeFile(...idle)
  }

  return {
    append: async (path, line, signal) => {
      const file = use(path)
      file.writes += 1
      try {
        const appender = await file.appender
        await appender.append(line, signal)
      } catch (error) {
        // The next attempt opens and repairs the file again. An aborted line leaves the file open.
        if (error !== signal.reason && files.get(path) === file) files.delete(path)
        throw error
      } finally {
        file.writes -= 1
      }
      await evict()
    },
    close: async () => {
      await Promise.all([...files].map((each) => closeFile(...each)))
    },
  }
}
