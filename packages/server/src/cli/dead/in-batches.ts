import type { RateLimit } from '../../util/rate-limit.ts'

/** What one step asks for. */
export interface BatchRequest {
  readonly limit: number
  readonly cursor?: string
}
/** What came of one step: `processed` counts against the limit. */
export interface BatchResult {
  readonly processed: number
  readonly more: boolean
  readonly next?: string
}

/** Takes step after step, behind each other, until there is no more, or `most` has been done; gives what each came to. */
export const runInBatches = async <S extends BatchResult>(
  take: (step: BatchRequest) => Promise<S>,
  {
    most,
    atOnce,
    pace,
    seen,
  }: { readonly most: number; readonly atOnce: number; readonly pace: RateLimit; readonly seen: (step: S) => void },
): Promise<readonly S[]> => {
  const steps: S[] = []
  let left = most
  let cursor: string | undefined
  while (left > 0) {
    const step = await take({ limit: Math.min(left, atOnce), ...(cursor !== undefined && { cursor }) })
    steps.push(step)
    seen(step)
    left -= step.processed
    if (!step.more || step.next === undefined) break
    cursor = step.next
    if (left > 0) await pace.next(step.processed)
  }
  return steps
}
