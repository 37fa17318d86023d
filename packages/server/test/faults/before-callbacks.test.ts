import { type FaultTag, faults, type Journal } from '@callboard/core'
import { until } from '@callboard/testing'
import { expect } from 'chai'
import { beforeGift, fail, hangingDecisions, OK, type SentAnswer, startTestServer, stopTestServers } from './test-server.ts'

// The `before` column of the fault table, on a running server. The fallback of this callback refuses: the answer shows whether it is the
// fallback, a decision that allows, or the row's own answer.

const FALLBACK = { ...OK, ErrorCode: 1 }
const DECISION = OK

const gift = (GiftId: string) => ({ command: beforeGift.command, body: { GiftId } })

/** Each row whose answer to a before-callback differs from the row's own, that answer, and a request that causes the fault. */
const cases: readonly (readonly [FaultTag, answer: object, request: () => Promise<SentAnswer>])[] = [
  ['InvalidBody', FALLBACK, async () => (await startTestServer()).post({ ...gift('rose'), body: {} })],
  ['DecideFailed', FALLBACK, async () => (await startTestServer()).post(gift('throw'))],
  [
    'DecideLate',
    FALLBACK,
    async () => {
      const { post, clock } = await startTestServer()
      const before = hangingDecisions()
      const answer = post(gift('never'))
      await until(() => hangingDecisions() > before)
      await clock.advance(1_500)
      return answer
    },
  ],
  [
    'NotRecorded',
    DECISION,
    async () => {
      let appends = 0
      const append: Journal['append'] = () => {
        appends += 1
        return new Promise<never>(() => {})
      }
      const { post, clock } = await startTestServer({ journalOver: { append } })
      const answer = post(gift('rose'))
      await until(() => appends > 0)
      await clock.advance(1_800)
      return answer
    },
  ],
  ['Overloaded', FALLBACK, async () => (await startTestServer({ limits: { queue: 10 } })).post(gift('rose'))],
  [
    'Defect',
    FALLBACK,
    async () => {
      const decode = () => {
        throw new Error('a bug')
      }
      return (await startTestServer({ plugins: [{ ...beforeGift, decode }], decisions: [] })).post(gift('rose'))
    },
  ],
]

describe('the fault table on a running server: before-callbacks', () => {
  afterEach(async () => {
    await stopTestServers()
  })

  for (const [tag, expected, request] of cases) {
    it(`${tag}: 200 with ${expected === FALLBACK ? 'the fallback' : 'the decision'}`, async () => {
      const { status, json } = await request()
      expect(json).to.deep.equal(expected)
      expect(status).to.equal(200)
    })
  }

  it('has a case for each row whose `before` is not "same"', () => {
    const differing = Object.entries(faults).filter(([, { before }]) => before !== 'same')
    expect(cases.map(([tag]) => tag)).to.have.members(differing.map(([tag]) => tag))
  })

  for (const [what, callback, status, message] of [
    ['Unauthorized', { sign: '0'.repeat(64) }, 403, 'unauthorized'],
    ['UnsupportedEncoding', { headers: { 'content-encoding': 'gzip' } }, 415, 'unsupported content encoding: send the body uncompressed'],
    ['TooLarge', { body: `{"GiftId":"${'x'.repeat(2 ** 20)}"}` }, 413, 'body too large'],
    ['Malformed', { body: '{' }, 400, 'malformed: not_json'],
  ] as const) {
    it(`${what}: ${status}, as for an after-callback`, async () => {
      const { post } = await startTestServer()
      expect(await post({ ...gift('rose'), ...callback })).to.deep.include({ status, json: fail(status, message) })
    })
  }
})
