import { type Either, isLeft } from 'fp-ts/lib/Either.js'
import { type Fault, type FaultRow, faults } from '../fault.ts'
import { OK, type VendorAnswer } from '../plugin/verdict.ts'
import type { Recorded, Rejection } from './context.ts'

/** What goes back: a status and the vendor's JSON. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** JSON text. */
  readonly body: string
  /** End the connection after it. */
  readonly close: boolean
}

const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' }
const okBody = JSON.stringify(OK)

const ok = (answer: VendorAnswer, close = false): Answer => ({
  status: 200,
  headers: JSON_TYPE,
  body: answer === OK ? okBody : JSON.stringify(answer),
  close,
})

/** A fault as its row says. The reason of a Malformed is a word of ours and may be told; nothing else of a fault may. */
export const answerFault = (fault: Fault): Answer => {
  const row: FaultRow = faults[fault._tag]
  const ErrorInfo = fault._tag === 'Malformed' ? `${row.message}: ${fault.reason}` : row.message
  return {
    status: row.status,
    headers: { ...JSON_TYPE, ...row.headers },
    body: JSON.stringify({ ActionStatus: row.ActionStatus, ErrorInfo, ErrorCode: row.ErrorCode }),
    close: row.close,
  }
}

/** A decision or a fault -> status and JSON. Total and pure. */
export const respond = (outcome: Either<Rejection, Recorded>): Answer => {
  if (!isLeft(outcome)) return ok(outcome.right.answer)
  const { fault, instead } = outcome.left
  return instead === undefined || faults[fault._tag].before === 'same' ? answerFault(fault) : ok(instead)
}
