/** Where lines go: standard output, or any other writable stream. */
export interface Output {
  readonly isTTY?: boolean
  write(text: string, done: (error?: Error | null) => void): unknown
  on(event: 'error', listener: (error: Error) => void): unknown
  off(event: 'error', listener: (error: Error) => void): unknown
}

/** Resolves when the output has taken the text, rejects when it did not (a pipe that nobody reads any more) or when `signal` aborts. */
export const handOver = (output: Output, text: string, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason)
    signal.addEventListener('abort', stop, { once: true })
    output.write(text, (error) => {
      signal.removeEventListener('abort', stop)
      if (error) reject(error)
      else resolve()
    })
  })
