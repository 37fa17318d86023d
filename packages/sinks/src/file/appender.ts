import type { FileHandle } from 'node:fs/promises'

/** Bytes in one write; what does not fit any more goes into the next one. */
const LARGEST_BATCH = 4 * 1024 * 1024

/** What is needed of an open file. */
export type AppendFile = Pick<FileHandle, 'write' | 'datasync' | 'stat' | 'truncate' | 'close'>

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
const nextBatch = (queue: Waiting[]): readonly Waiting[] => {
  const batch: Waiting[] = []
  let size = 0
  for (let next = queue[0]; next && (size === 0 || size + next.bytes.length <= LARGEST_BATCH); next = queue[0]) {
    queue.shift()
    if (next.signal.aborted) next.reject(next.signal.reason)
    else {
      batch.push(next)
      size += next.bytes.length
    }
  }
  return batch
}

/** Appends to a file that was opened with O_APPEND and now ends with a whole line, after `length` bytes. */
export const createAppender = (file: AppendFile, length: number): Appender => {
  const queue: Waiting[] = []
  let good = length
  let running: Promise<void> | undefined
  let broken: { readonly reason: unknown } | undefined

  /** Removes what a failed write left, unless somebody else has written to the file or cut it: then opening it again repairs it. */
  const cutBack = async (written: number) => {
    const { size } = await file.stat()
    if (size === good + written) await file.truncate(good)
  }

  const write = async (bytes: Buffer): Promise<typeof broken> => {
    let written = 0
    try {
      while (written < bytes.length) written += (await file.write(bytes, written)).bytesWritten
      await file.datasync()
      good += written
      return undefined
    } catch (reason) {
      if (written > 0) await cutBack(written).catch(() => {})
      await file.close().catch(() => {})
      return { reason }
    }
  }

  const run = async () => {
    // What arrives in the same turn goes along.
    await Promise.resolve()
    while (queue.length > 0 && !broken) {
      const batch = nextBatch(queue)
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
      if (!broken) await file.close()
    },
  }
}
