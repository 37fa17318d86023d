import type { FileHandle } from 'node:fs/promises'

/** Bytes in one write; what does not fit any more goes into the next one. */
const LARGEST_BATCH = 4 * 1024 * 1024

/** What is needed of an open file. */
export type AppendFile = Pick<FileHandle, 'write' | 'datasync' | 'stat' | 'truncate' | 'close'>

/** A file that is open, and what is known of it. */
export interface OpenFile {
  readonly file: AppendFile
  /** Bytes of whole lines in it: all that was in it when it was opened, and what was written since. */
  readonly length: number
  /** A device such as /dev/null has no length and no other name. */
  readonly regular: boolean
  readonly dev: bigint
  readonly ino: bigint
  /** When its last line was written, in milliseconds since the Unix epoch. */
  readonly lastLine: number
}

/** Where lines go. Which file that is may change from batch to batch. */
export interface Place {
  /** The file that is to take so many bytes: the one before, or another, and then the one before is closed. */
  readonly before: (current: OpenFile, bytes: number) => Promise<OpenFile>
  /** Rejects where the bytes are synced, but in a file that nobody will find at its path. */
  readonly after: (current: OpenFile) => Promise<void>
}

/** A file of lines. Lines that are appended together cost one write and one sync. */
export interface Appender {
  /**
   * Resolves when the line is on the disk. Rejects when it is not: then the file has been closed, cut back to its last whole line
   * if that was possible, and the appender takes no further line.
   */
  readonly append: (line: string, signal: AbortSignal) => Promise<void>
  /** Closes the file, once what was appended has settled. */
  readonly close: () => Promise<void>
}

interface Waiting {
  readonly bytes: Buffer
  readonly signal: AbortSignal
  readonly resolve: () => void
  readonly reject: (reason: unknown) => void
}

/** Takes the next batch off the queue; who has stopped waiting is not written. */
const nextBatch = (queue: Waiting[], largest: number): readonly Waiting[] => {
  const batch: Waiting[] = []
  let size = 0
  for (let next = queue[0]; next && (size === 0 || size + next.bytes.length <= largest); next = queue[0]) {
    queue.shift()
    if (next.signal.aborted) next.reject(next.signal.reason)
    else {
      batch.push(next)
      size += next.bytes.length
    }
  }
  return batch
}

/** Appends to a file that was opened with O_APPEND and ends with a whole line. A batch has at most `largest` bytes, or one line. */
export const createAppender = (opened: OpenFile, place: Place, largest = LARGEST_BATCH): Appender => {
  const queue: Waiting[] = []
  let current = opened
  let running: Promise<void> | undefined
  let broken: { readonly reason: unknown } | undefined

  /** Removes what a failed write left, unless somebody else has written to the file or cut it: then opening it again repairs it. */
  const cutBack = async (written: number) => {
    const { size } = await current.file.stat()
    if (size === current.length + written) await current.file.truncate(current.length)
  }

  const write = async (bytes: Buffer): Promise<typeof broken> => {
    let written = 0
    try {
      current = await place.before(current, bytes.length)
      while (written < bytes.length) written += (await current.file.write(bytes, written)).bytesWritten
      await current.file.datasync()
      const grown = { ...current, length: current.length + written }
      await place.after(grown)
      current = grown
      return undefined
    } catch (reason) {
      if (written > 0) await cutBack(written).catch(() => {})
      await current.file.close().catch(() => {})
      return { reason }
    }
  }

  const run = async () => {
    // What arrives in the same turn goes along.
    await Promise.resolve()
    while (queue.length > 0 && !broken) {
      const batch = nextBatch(queue, Math.min(largest, LARGEST_BATCH))
      if (batch.length === 0) continue
      broken = await write(Buffer.concat(batch.map(({ bytes }) => bytes)))
      for (const { resolve, reject } of batch) {
        if (broken) reject(broken.reason)
        else resolve()
      }
    }
    for (const { reject } of queue.splice(0)) reject(broken?.reason)
    running = undefined
  }

  return {
    append: (line, signal) =>
      new Promise((resolve, reject) => {
        if (broken) return reject(broken.reason)
        queue.push({ bytes: Buffer.from(`${line}\n`), signal, resolve, reject })
        running ??= run()
      }),
    close: async () => {
      await running
      if (!broken) await current.file.close()
    },
  }
}
