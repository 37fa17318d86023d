/** Shows on a terminal how far something has come; elsewhere it keeps quiet. */
export interface ProgressLine {
  readonly show: (text: string) => void
  readonly clear: () => void
}

/** Progress on standard error, in one line that is written anew. */
export const createProgressLine = (stream: Pick<NodeJS.WriteStream, 'isTTY' | 'write'> = process.stderr): ProgressLine => ({
  show: (text) => {
    if (stream.isTTY) stream.write(`\r${text}\u001b[K`)
  },
  clear: () => {
    if (stream.isTTY) stream.write('\r\u001b[K')
  },
})
