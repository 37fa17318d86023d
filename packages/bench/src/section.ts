import type { Build } from './process/build.ts'

/** The options of a run of the bench. */
export interface Run {
  /** Also measures how the cost grows. Takes half an hour more. */
  readonly growth: boolean
  /** With `growth`: a journal of ten million events, and ten minutes of load. Takes more than an hour. */
  readonly huge: boolean
  readonly rounds: number
  /** The builds of Callboard to measure: this one, and perhaps an earlier one. */
  readonly builds: readonly Build[]
  /** A directory for journals and other files, on the disk that is measured. */
  readonly dir: string
  readonly progress: (text: string) => void
}

/** Measures one section of the report and returns its Markdown lines. */
export type Section = (run: Run) => Promise<readonly string[]>
