/** A line on a terminal that is overwritten. It writes nothing to a file or pipe. */
export interface ProgressLine {
  readonly show: (text: string) => void
  readonly clear: () => void
}

/** Creates a progress line on standard error. */
export const createProgressLine = (stream: Pick<NodeJS.WriteStream, 'isTTY' | 'write'> = process.stderr): ProgressLine => ({
  show: (text) => {
    if (stream.isTTY) stream.write(`\r${text}\u001b[K`)
  },
  clear: () => {
    if (stream.isTTY) stream.write('\r\u001b[K')
  },
})
