import { expect } from 'chai'
import { left, right } from 'fp-ts/lib/Either.js'
import { type Fault, type FaultTag, faults } from '../../src/fault.ts'
import type { RequestContext } from '../../src/pipeline/context.ts'
import { beforeAnswerOf } from '../../src/pipeline/decision-policy.ts'
import { respond } from '../../src/pipeline/respond.ts'
import { OK } from '../../src/plugin/verdict.ts'

const COMMAND = 'Group.CallbackBeforeX'
const answerOf = respond(beforeAnswerOf(new Map([[COMMAND, { deadlineMs: 1_500, fallback: 'refuse' }]])))
const REFUSED = { status: 200, body: JSON.stringify({ ...OK, ErrorCode: 1 }) }

const request = (command: string): RequestContext => ({
  query: `SdkAppid=1&CallbackCommand=${command}`,
  admitted: true,
  headAt: 0,
  readBody: () => Promise.reject(new Error('never read')),
})
const FAULTS: Readonly<Record<FaultTag, Fault>> = {
  NotFound: { _tag: 'NotFound' },
  MethodNotAllowed: { _tag: 'MethodNotAllowed' },
  Unauthorized: { _tag: 'Unauthorized', reason: 'bad_sign' },
  UnsupportedEncoding: { _tag: 'UnsupportedEncoding' },
  TooLarge: { _tag: 'TooLarge' },
  Malformed: { _tag: 'Malformed', reason: 'not_json' },
  BadRequest: { _tag: 'BadRequest' },
  RequestTimeout: { _tag: 'RequestTimeout' },
  HeadersTooLarge: { _tag: 'HeadersTooLarge' },
  UnknownCommand: { _tag: 'UnknownCommand' },
  InvalidBody: { _tag: 'InvalidBody', reasons: ['x'] },
  DecideFailed: { _tag: 'DecideFailed', error: new Error('x') },
  DecideLate: { _tag: 'DecideLate' },
  NotRecorded: { _tag: 'NotRecorded', reason: 'down' },
  Overloaded: { _tag: 'Overloaded' },
  Defect: { _tag: 'Defect', error: new Error('x') },
}

describe('respond', () => {
  for (const [tag, fault] of Object.entries(FAULTS)) {
    const row = faults[fault._tag]
    it(`answers ${tag} of an after-callback with HTTP ${row.status}`, () => {
      const answer = answerOf(left({ fault, context: request('Group.CallbackAfterX') }))
      expect(answer.status).to.equal(row.status)
      expect(JSON.parse(answer.body)).to.include({ ActionStatus: row.ActionStatus, ErrorCode: row.ErrorCode })
    })

    it(`answers ${tag} of a before-callback ${row.before === 'same' ? 'alike' : 'with its fallback'}`, () => {
      const { status, body } = answerOf(left({ fault, context: request(COMMAND) }))
      if (row.before === 'same') expect(status).to.equal(row.status)
      else expect({ status, body }).to.deep.equal(REFUSED)
    })
  }

  it('answers NotRecorded of a before-callback with the decision, if it was made', () => {
    const context = { ...request(COMMAND), answer: { ...OK, ErrorCode: 10_100 } }
    const answer = answerOf(left({ fault: FAULTS.NotRecorded, context }))
    expect(answer.status).to.equal(200)
    expect(JSON.parse(answer.body)).to.include({ ErrorCode: 10_100 })
  })

  it('tells the sender the reason of a Malformed, and of no other fault', () => {
    const info = (fault: Fault): unknown => JSON.parse(answerOf(left({ fault, context: request('Group.CallbackAfterX') })).body).ErrorInfo
    expect(info(FAULTS.Malformed)).to.equal('malformed: not_json')
    expect(info(FAULTS.Unauthorized)).to.equal('unauthorized')
    expect(info(FAULTS.NotRecorded)).to.equal('not recorded')
  })

  it('sends the recorded answer with HTTP 200', () => {
    const recorded = {
      ...request(COMMAND),
      app: 1,
      params: { kept: {}, sign: undefined, repeated: new Set<string>() },
      raw: new Uint8Array(),
      json: {},
      event: { id: 'e', command: COMMAND, app: 1, receivedAt: 0, query: {}, raw: new Uint8Array(), body: {}, status: 'accepted' },
      answer: OK,
      appended: { type: 'recorded', id: 'e' },
    } as const
    expect(answerOf(right(recorded))).to.deep.include({ status: 200, body: JSON.stringify(OK), close: false })
  })
})
