import { GiveUp, RetryAfter } from '@callboard/core'
import { expect } from 'chai'
import { deliveryErrorOf, failureOf } from '../../src/webhook/response-policy.ts'

const NOW = Date.UTC(2026, 0, 1)
const URL_OF_RECEIVER = 'https://crm.example.com/im?key=secret'
const answer = (status: number, { retryAfter, location }: { readonly retryAfter?: string; readonly location?: string } = {}) =>
  deliveryErrorOf({ status, retryAfter, location }, URL_OF_RECEIVER, NOW)

describe('the answer of a receiver', () => {
  it('2xx is delivered', () => {
    for (const status of [200, 201, 202, 204, 299]) expect(answer(status)).to.equal(undefined)
  })

  it('400, 413, 415 and 422 are final', () => {
    for (const status of [400, 413, 415, 422]) {
      expect(answer(status)).to.be.instanceOf(GiveUp).with.property('pause', false)
      expect(answer(status, { retryAfter: '7' })).to.be.instanceOf(GiveUp)
    }
  })

  it('410 is final for the event, and pauses the sink', () => {
    expect(answer(410)).to.be.instanceOf(GiveUp).with.property('pause', true)
  })

  it('everything else is tried again', () => {
    for (const status of [401, 403, 404, 405, 408, 409, 429, 500, 501, 502, 503, 504, 599]) {
      expect(answer(status)).to.be.an('error').not.instanceOf(GiveUp).and.not.instanceOf(RetryAfter)
      expect(answer(status)?.message).to.equal(`the receiver answered ${status}`)
    }
  })

  it('Retry-After is heeded, in seconds or as a date, up to an hour', () => {
    const waits: Readonly<Record<string, number>> = {
      '7': 7_000,
      '3600': 3_600_000,
      '1000000000': 3_600_000,
      '1e9': 3_600_000,
      '0': 0,
      ['9'.repeat(400)]: 3_600_000,
      'Thu, 01 Jan 2026 00:02:00 GMT': 120_000,
      'Fri, 01 Jan 2027 00:00:00 GMT': 3_600_000,
    }
    for (const status of [429, 503]) {
      for (const [retryAfter, after] of Object.entries(waits))
        expect(answer(status, { retryAfter })).to.be.instanceOf(RetryAfter).with.property('retryInMs', after)
    }
  })

  it('nonsense in Retry-After is ignored', () => {
    for (const retryAfter of ['-1', 'abc', '', '1e', '7 days', 'Wed, 31 Dec 2025 00:00:00 GMT']) {
      expect(answer(429, { retryAfter })).not.to.be.instanceOf(RetryAfter)
    }
  })

  it('a redirect names its target, without query and password', () => {
    expect(answer(302, { location: 'https://u:p@other.example/in?token=1#x' })?.message).to.equal(
      'the receiver answered 302: redirect to https://other.example/in not followed',
    )
    expect(answer(307, { location: '/elsewhere?x=1' })?.message).to.contain('redirect to https://crm.example.com/elsewhere not followed')
    expect(answer(308, { location: 'http://[' })?.message).to.contain('redirect to an invalid URL not followed')
    expect(answer(301)?.message).not.to.contain('secret')
    expect(answer(302, { location: `/${'a'.repeat(5_000)}` })?.message.length).to.be.below(300)
  })
})

describe('an exchange that failed', () => {
  const live = new AbortController().signal
  const words = (error: unknown, signal = live): string => {
    const said = failureOf(error, signal)
    return said instanceof Error ? said.message : String(said)
  }
  const coded = (code: string) => Object.assign(new Error('https://u:p@host/?secret'), { code })

  it('is told in plain words, never in those of the error', () => {
    const table: Readonly<Record<string, RegExp>> = {
      ECONNREFUSED: /connection refused/,
      ECONNRESET: /connection reset/,
      ENOTFOUND: /dns/,
      EAI_AGAIN: /dns/,
      ENODATA: /dns/,
      UND_ERR_CONNECT_TIMEOUT: /timed out/,
      CERT_HAS_EXPIRED: /^tls: CERT_HAS_EXPIRED$/,
      DEPTH_ZERO_SELF_SIGNED_CERT: /^tls: /,
      EPROTO: /^tls: /,
      HPE_HEADER_OVERFLOW: /too many headers/,
      EWHATEVER: /^the request failed: EWHATEVER$/,
    }
    for (const [code, expected] of Object.entries(table))
      expect(words(coded(code)))
        .to.match(expected)
        .and.not.contain('secret')
    expect(words(new Error('secret'))).to.equal('the request failed')
    expect(words('secret')).to.equal('the request failed')
  })

  it('is the reason of the signal, where that ended it', () => {
    expect(words(coded('UND_ERR_ABORTED'), AbortSignal.abort(new Error('no answer within 15000 ms')))).to.equal('no answer within 15000 ms')
  })
})
