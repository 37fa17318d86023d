/** Writes a text to an output. Calls `done` once, with the error if the text may not be written completely. Never throws. */
export type WriteText = (text: string, done: (error?: Error) => void) => void

/** Lines that wait for an output. A blocked output holds a bounded number of bytes and blocks nobody. */
export interface OutputQueue {
  /**
   * Resolves when the operating system has the line. Rejects when the write fails, when too much waits already, and when `signal`
   * aborts. A line that is still waiting when its signal aborts is not written.
   */
  readonly write: (line: string, signal?: AbortSignal) => Promise<void>
  /** Resolves when no line waits. */
  readonly flush: () => Promise<void>
}

interface QueuedLine {
  readonly text: string
  readonly settle: (error?: unknown) => void
}

/** The limit on the lines that wait, in UTF-16 units. One line is always accepted. */
const MAX_QUEUED_LENGTH = 2 ** 20
/** The limit on the lines that one write joins, in UTF-16 units. */
const MAX_CHUNK_LENGTH = 2 ** 16

/** Creates a queue in front of an output. It makes one write at a time, and joins the lines that arrive during it. */
export const createOutputQueue = (writeText: WriteText): OutputQueue => {
  const waiting = new Set<QueuedLine>()
  let waitingLength = 0
  let isWriting = false
  let isTorn = false
  let onEmpty: (() => void)[] = []

  const remove = (line: QueuedLine) => {
    if (waiting.delete(line)) waitingLength -= line.text.length
  }

  const takeChunk = (): readonly QueuedLine[] => {
    const chunk: QueuedLine[] = []
    let length = 0
    for (const line of waiting) {
      if (length > 0 && length + line.text.length > MAX_CHUNK_LENGTH) break
      length += line.text.length
      chunk.push(line)
      remove(line)
    }
    return chunk
  }

  const writeNext = () => {
    if (isWriting) return
    const chunk = takeChunk()
    if (chunk.length === 0) {
      for (const resolve of onEmpty) resolve()
      onEmpty = []
      return
    }
    isWriting = true
    const text = chunk.map((line) => line.text).join('')
    // A failed write may have left part of a line, which must not damage the next one.
    writeText(isTorn ? `\n${text}` : text, (error) => {
      isWriting = false
      isTorn = error !== undefined
      for (const line of chunk) line.settle(error)
      writeNext()
    })
  }

  return {
    write: (text, signal) =>
      new Promise((resolve, reject) => {
        if (waitingLength > 0 && waitingLength + text.length > MAX_QUEUED_LENGTH) {
          reject(new Error(`cannot write the line: ${waitingLength} characters wait for the output; check what reads it`))
          return
        }
        const abort = () => {
          remove(line)
          reject(signal?.reason)
        }
        const line: QueuedLine = {
          text,
          settle: (error) => {
            signal?.removeEventListener('abort', abort)
            if (error === undefined) resolve()
            else reject(error)
          },
        }
        signal?.addEventListener('abort', abort, { once: true })
        waiting.add(line)
        waitingLength += text.length
        writeNext()
      }),
    flush: () =>
      new Promise((resolve) => {
        if (!isWriting && waiting.size === 0) resolve()
        else onEmpty.push(resolve)
      }),
  }
}
