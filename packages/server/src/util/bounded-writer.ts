import type { LineOutput } from '@callboard/sinks'

/** Writes the lines of a log. It never blocks and never throws: it drops a line if the output fails or takes no data. */
export interface BoundedWriter {
  readonly write: (line: string) => void
  /** Counts a line that was dropped somewhere else. */
  readonly countDropped: () => void
  /** The number of lines that were dropped since the start. */
  readonly dropped: () => number
}

/** Creates a writer. `reportOf` returns a line about dropped lines. It is written once the output takes lines again. */
export const createBoundedWriter = (output: Pick<LineOutput, 'write'>, reportOf: (droppedLines: number) => string): BoundedWriter => {
  let dropped = 0
  let reported = 0
  let isReporting = false

  const report = () => {
    const total = dropped
    if (isReporting || total === reported) return
    isReporting = true
    output
      .write(reportOf(total - reported))
      .then(
        () => {
          reported = total
        },
        () => {},
      )
      .finally(() => {
        isReporting = false
      })
  }
  const countDropped = () => {
    dropped += 1
  }
  return {
    write: (line) => {
      output.write(line).then(report, countDropped)
    },
    countDropped,
    dropped: () => dropped,
  }
}
