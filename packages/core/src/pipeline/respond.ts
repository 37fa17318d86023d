import { type Either, isLeft } from 'fp-ts/lib/Either.js'
import { type Fault, type FaultRow, faults } from '../fault.ts'
import { OK, type VendorAnswer } from '../plugin/verdict.ts'
import type { Recorded, Rejection } from './context.ts'
import type { BeforeAnswer } from './decision-policy.ts'

/** An HTTP response with the vendor's JSON. */
export interface Answer {
  /** The HTTP status. */
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** JSON text. */
  readonly body: string
  /** Whether the connection is closed after the answer. */
  readonly close: boolean
}

const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' }
const OK_BODY = JSON.stringify(OK)

const answerOk = (answer: VendorAnswer): Answer => ({
  status: 200,
  headers: JSON_TYPE,
  body: answer === OK ? OK_BODY : JSON.stringify(answer),
  close: false,
})

/** Returns the answer of a fault's row. It tells the sender nothing about a fault but the reason of a `Malformed`. */
export const answerFault = (fault: Fault): Answer => {
  const { status, ActionStatus, ErrorCode, message, headers, close }: FaultRow = faults[fault._tag]
  const ErrorInfo = fault._tag === 'Malformed' ? `${message}: ${fault.reason}` : message
  return { status, headers: { ...JSON_TYPE, ...headers }, body: JSON.stringify({ ActionStatus, ErrorInfo, ErrorCode }), close }
}

/** The last step: turns the outcome of the pipeline into an HTTP response. It is pure and never throws. */
export const respond =
  (beforeAnswer: BeforeAnswer) =>
  (outcome: Either<Rejection, Recorded>): Answer => {
    if (!isLeft(outcome)) return answerOk(outcome.right.answer)
    const { fault, context } = outcome.left
    const instead = beforeAnswer(fault._tag, context)
    return instead === undefined ? answerFault(fault) : answerOk(instead)
  }
