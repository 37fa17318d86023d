/** Writes one line to standard output. */
export const print = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

/** Writes one line to standard error. */
export const printError = (line: string): void => {
  process.stderr.write(`${line}\n`)
}
