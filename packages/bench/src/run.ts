/** What every part of the bench is told. */
export interface Run {
  /** Takes the time for more loads and longer bodies. */
  readonly long: boolean
  /** Takes an hour or more: a journal of ten million events, ten minutes of load. */
  readonly huge: boolean
  readonly rounds: number
  /** For journals and other files, on the disk that is measured. */
  readonly dir: string
  readonly progress: (text: string) => void
}

/** Measures one part; gives Markdown, a line each. */
export type Part = (run: Run) => Promise<readonly string[]>
