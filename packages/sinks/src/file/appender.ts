import type { FileHandle } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { codeOf } from '../shared/errors.ts'

const MAX_BATCH_BYTES = 4 * 1024 * 1024
/** How long a full pipe may stay full. */
const MAX_PIPE_WAIT_MS = 5_000
const PIPE_POLL_MS = 10

/** The methods that an appender needs of an open file. */
export type AppendFile = Pick<FileHandle, 'write' | 'datasync' | 'stat' | 'truncate' | 'close'>

/** An open file and its state. */
export interface OpenFile {
  readonly file: AppendFile
  /** The path at which it was opened. Its last part is no symbolic link. */
  readonly path: string
  /** Bytes of complete lines: those found at opening and those written since. */
  readonly length: number
  /** False for a device or a named pipe, which has no length, cannot be synced and is never rotated. */
  readonly isRegular: boolean
  readonly dev: bigint
  readonly ino: bigint
  /** When the last line was written, in milliseconds since the Unix epoch. */
  readonly lastLineAt: number
}

/** Chooses the file of each batch. The file behind a path may change between two batches. */
export interface AppendTarget {
  /** Returns the file for a batch of `bytes` bytes: the current one, or another. In the second case the current one is closed. */
  readonly prepare: (current: OpenFile, bytes: number) => Promise<OpenFile>
  /** Rejects when the path no longer names the synced file. */
  readonly confirm: (current: OpenFile) => Promise<void>
}

/** Appends lines to a file. Lines that arrive together share one write and one sync. */
export interface Appender {
  /**
   * Resolves when the line is on the disk. Otherwise it rejects. The file is then truncated to its last complete line, if possible,
   * and closed, and every further call rejects.
   */
  readonly append: (line: string, signal: AbortSignal) => Promise<void>
  /** Waits for the pending lines and closes the file. */
  readonly close: () => Promise<void>
}

interface PendingLine {
  readonly bytes: Buffer
  readonly signal: AbortSignal
  readonly resolve: () => void
  readonly reject: (reason: unknown) => void
}

/** Takes the next batch from the queue: at most `maxBytes` bytes, but at least one line, even a longer one. Rejects lines whose signal has aborted. */
const takeBatch = (queue: PendingLine[], maxBytes: number): readonly PendingLine[] => {
  const batch: PendingLine[] = []
  let size = 0
  for (let next = queue[0]; next && (size === 0 || size + next.bytes.length <= maxBytes); next = queue[0]) {
    queue.shift()
    if (next.signal.aborted) next.reject(next.signal.reason)
    else {
      batch.push(next)
      size += next.bytes.length
    }
  }
  return batch
}

/** Writes some of the bytes and returns their number. Waits while a pipe is full. */
const writeSome = async (file: AppendFile, bytes: Buffer): Promise<number> => {
  for (let waitedMs = 0; ; waitedMs += PIPE_POLL_MS) {
    try {
      return (await file.write(bytes)).bytesWritten
    } catch (error) {
      if (codeOf(error) !== 'EAGAIN' || waitedMs >= MAX_PIPE_WAIT_MS) throw error
      await delay(PIPE_POLL_MS)
    }
  }
}

/** Creates an appender. `opened` must have been opened with O_APPEND and end with a complete line. A batch is at most `maxBatchBytes`, or one line. */
export const createAppender = (opened: OpenFile, target: AppendTarget, maxBatchBytes = MAX_BATCH_BYTES): Appender => {
  const queue: PendingLine[] = []
  let current = opened
  let running: Promise<void> | undefined
  let failure: { readonly reason: unknown } | undefined

  /** Removes the bytes of a failed write, unless another program changed the file meanwhile. The next opening repairs it then. */
  const undoWrite = async (written: number) => {
    if (!current.isRegular) return
    const { size } = await current.file.stat()
    if (size === current.length + written) await current.file.truncate(current.length)
  }

  const write = async (bytes: Buffer): Promise<typeof failure> => {
    let written = 0
    try {
      current = await target.prepare(current, bytes.length)
      while (written < bytes.length) written += await writeSome(current.file, bytes.subarray(written))
      if (current.isRegular) await current.file.datasync()
      const grown = { ...current, length: current.length + written }
      await target.confirm(grown)
      current = grown
      return undefined
    } catch (reason) {
      if (written > 0) await undoWrite(written).catch(() => {})
      await current.file.close().catch(() => {})
      return { reason }
    }
  }

  const run = async () => {
    // Lets the lines of the same turn join the first batch.
    await Promise.resolve()
    while (queue.length > 0 && !failure) {
      const batch = takeBatch(queue, Math.min(maxBatchBytes, MAX_BATCH_BYTES))
      if (batch.length === 0) continue
      failure = await write(Buffer.concat(batch.map(({ bytes }) => bytes)))
      for (const { resolve, reject } of batch) {
        if (failure) reject(failure.reason)
        else resolve()
      }
    }
    for (const { reject } of queue.splice(0)) reject(failure?.reason)
    running = undefined
  }

  return {
    append: (line, signal) =>
      new Promise((resolve, reject) => {
        if (failure) return reject(failure.reason)
        queue.push({ bytes: Buffer.from(`${line}\n`), signal, resolve, reject })
        running ??= run()
      }),
    close: async () => {
      await running
      if (!failure) await current.file.close()
    },
  }
}
