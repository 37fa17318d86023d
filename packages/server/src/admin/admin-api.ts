import type { DiscardRequest, PruneRequest, ReplayRequest, ReprocessRequest, TestRequest } from './asked.ts'
import type { ChangeResponse, JournalResponse, PruneResponse, ReprocessResponse, SinkStatus, TestResponse } from './told.ts'

/** What an operator may ask: of the Callboard in this process, or of one that listens elsewhere. */
export interface AdminApi {
  /** Every sink of the configuration, and those that only the journal still knows. */
  readonly sinks: () => Promise<readonly SinkStatus[]>
  /** Ends a pause or a rest. */
  readonly resume: (sink: string) => Promise<void>
  /** One attempt with a sample. */
  readonly test: (sink: string, asked: TestRequest) => Promise<TestResponse>
  readonly replay: (asked: ReplayRequest) => Promise<ChangeResponse>
  readonly discard: (asked: DiscardRequest) => Promise<ChangeResponse>
  readonly reprocess: (asked: ReprocessRequest) => Promise<ReprocessResponse>
  readonly prune: (asked: PruneRequest) => Promise<PruneResponse>
  readonly journal: () => Promise<JournalResponse>
}

/** Why an operator is not served, with the status that says so over HTTP: 404 for a name that is not there, 409 for what must not be. */
export class AdminError extends Error {
  override readonly name = 'Refused'
  readonly status: 404 | 409
  constructor(status: 404 | 409, message: string) {
    super(message)
    this.status = status
  }
}
