import type { DeadAsked, DiscardAsked, PruneAsked, ReadmitAsked, TestAsked } from './asked.ts'
import type { ChangedTold, JournalTold, PrunedTold, ReadmittedTold, SinkTold, TriedTold } from './told.ts'

/** What an operator may ask: of the Callboard in this process, or of one that listens elsewhere. */
export interface Operator {
  /** Every sink of the configuration, and those that only the journal still knows. */
  readonly sinks: () => Promise<readonly SinkTold[]>
  /** Ends a pause or a rest. */
  readonly resume: (sink: string) => Promise<void>
  /** One attempt with a sample. */
  readonly test: (sink: string, asked: TestAsked) => Promise<TriedTold>
  readonly replay: (asked: DeadAsked) => Promise<ChangedTold>
  readonly discard: (asked: DiscardAsked) => Promise<ChangedTold>
  readonly readmit: (asked: ReadmitAsked) => Promise<ReadmittedTold>
  readonly prune: (asked: PruneAsked) => Promise<PrunedTold>
  readonly journal: () => Promise<JournalTold>
}

/** Why an operator is not served, with the status that says so over HTTP: 404 for a name that is not there, 409 for what must not be. */
export class Refused extends Error {
  override readonly name = 'Refused'
  readonly status: 404 | 409
  constructor(status: 404 | 409, message: string) {
    super(message)
    this.status = status
  }
}
