import { GiveUp, RetryAfter } from '@callboard/core'
import { expect } from 'chai'
import { deliveryErrorOf, failureOf } from '../../src/webhook/response-policy.ts'

const NOW = Date.UTC(2026, 0, 1)
const URL_OF_RECEIVER = 'https://crm.example.com/im?key=secret'
const errorForStatus = (status: number, { retryAfter, location }: { readonly retryAfter?: string; readonly location?: string } = {}) =>
  deliveryErrorOf({ status, retryAfter, location }, URL_OF_RECEIVER, NOW)

describe('webhook response policy', () => {
  it('treats a 2xx response as a successful delivery', () => {
    for (const status of [200, 201, 202, 204, 299]) expect(errorForStatus(status)).to.equal(undefined)
  })

  it('gives up the delivery after status 400, 413, 415 or 422 [F25]', () => {
    for (const status of [400, 413, 415, 422]) {
      expect(errorForStatus(status)).to.be.instanceOf(GiveUp).with.property('pause', false)
      expect(errorForStatus(status, { retryAfter: '7' })).to.be.instanceOf(GiveUp)
    }
  })

  it('gives up the delivery and pauses the sink after status 410 [F25]', () => {
    expect(errorForStatus(410)).to.be.instanceOf(GiveUp).with.property('pause', true)
  })

  it('retries the delivery after any other 4xx or 5xx status [F23] [F25]', () => {
    for (const status of [401, 403, 404, 405, 408, 409, 429, 500, 501, 502, 503, 504, 599]) {
      expect(errorForStatus(status)).to.be.an('error').not.instanceOf(GiveUp).and.not.instanceOf(RetryAfter)
      expect(errorForStatus(status)?.message).to.equal(`the receiver answered ${status}`)
    }
  })

  it('reads Retry-After as seconds or as a date and limits it to one hour [F24]', () => {
    const retryInMsByHeader: Readonly<Record<string, number>> = {
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
      for (const [retryAfter, retryInMs] of Object.entries(retryInMsByHeader))
        expect(errorForStatus(status, { retryAfter })).to.be.instanceOf(RetryAfter).with.property('retryInMs', retryInMs)
    }
  })

  it('ignores an invalid Retry-After header [F24]', () => {
    for (const retryAfter of ['-1', 'abc', '', '1e', '7 days', 'Wed, 31 Dec 2025 00:00:00 GMT']) {
      expect(errorForStatus(429, { retryAfter })).not.to.be.instanceOf(RetryAfter)
    }
  })

  it('names the target of a redirect without user name, password, query and fragment [F26]', () => {
    expect(errorForStatus(302, { location: 'https://u:p@other.example/in?token=1#x' })?.message).to.equal(
      'the receiver answered 302: redirect to https://other.example/in not followed',
    )
    expect(errorForStatus(307, { location: '/elsewhere?x=1' })?.message).to.contain(
      'redirect to https://crm.example.com/elsewhere not followed',
    )
    expect(errorForStatus(308, { location: 'http://[' })?.message).to.contain('redirect to an invalid URL not followed')
    expect(errorForStatus(301)?.message).not.to.contain('secret')
    expect(errorForStatus(302, { location: `/${'a'.repeat(5_000)}` })?.message.length).to.be.below(300)
  })
})

describe('webhook request failure', () => {
  const neverAborted = new AbortController().signal
  const messageOf = (error: unknown, signal = neverAborted): string => {
    const failure = failureOf(error, signal)
    return failure instanceof Error ? failure.message : String(failure)
  }
  const errorWithCode = (code: string) => Object.assign(new Error('https://u:p@host/?secret'), { code })

  it('maps each error code to a fixed message and never includes the original message', () => {
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
      expect(messageOf(errorWithCode(code)))
        .to.match(expected)
        .and.not.contain('secret')
    expect(messageOf(new Error('bad response'))).to.equal('the receiver answered 100 Continue unasked')
    expect(messageOf(new Error('secret'))).to.equal('the request failed')
    expect(messageOf('secret')).to.equal('the request failed')
  })

  it('returns the abort reason if the signal aborted the request', () => {
    expect(messageOf(errorWithCode('UND_ERR_ABORTED'), AbortSignal.abort(new Error('no answer within 15s')))).to.equal(
      'no answer within 15s',
    )
  })
})
