import { manualClock } from '@callboard/testing'
import { expect } from 'chai'
import type { IncomingRequest } from '../../src/pipeline/context.ts'
import { signatureOf, verify } from '../../src/pipeline/verify.ts'

const NOW = 1669872112
const VENDORS_SIGN = '17773bc39a671d7b9aa835458704d2a6db81360a5940292b587d6d760d484061'

const incoming = (query: string, more: Partial<IncomingRequest> = {}): IncomingRequest => ({
  query,
  admitted: true,
  headAt: 0,
  readBody: async () => ({ raw: new Uint8Array() }),
  ...more,
})

const clock = manualClock(NOW * 1000)
const trust = verify(
  [
    { sdkAppId: 1400000000, tokens: ['xxxxyyyy', 'older'] },
    { sdkAppId: 1400000001, verify: 'none' },
  ],
  clock,
)
const reason = (query: string, more?: Partial<IncomingRequest>) => {
  const outcome = trust(incoming(query, more))
  if (outcome._tag === 'Right') return 'trusted'
  return outcome.left.fault._tag === 'Unauthorized' ? outcome.left.fault.reason : outcome.left.fault._tag
}
const signed = (time: number | string, token = 'xxxxyyyy') =>
  `SdkAppid=1400000000&Sign=${signatureOf(token, String(time)).toString('hex')}&RequestTime=${time}`

describe('verify', () => {
  it('accepts the vendor’s test vector', () => {
    expect(signatureOf('xxxxyyyy', '1669872112').toString('hex')).to.equal(VENDORS_SIGN)
    expect(reason(`SdkAppid=1400000000&Sign=${VENDORS_SIGN}&RequestTime=1669872112`)).to.equal('trusted')
  })

  it('refuses the test vector with the vendor’s misprint', () => {
    const misprinted = verify([{ sdkAppId: 1400000000, tokens: ['xxxyyy'] }], clock)
    expect(misprinted(incoming(`SdkAppid=1400000000&Sign=${VENDORS_SIGN}&RequestTime=1669872112`))._tag).to.equal('Left')
    expect(signatureOf('xxxyyy', '1669872112').toString('hex')).to.equal('e78a85473bed2cdc8d6fa8c4d5a4ba4735fd64156e15a99516b9890293e135de')
  })

  it('accepts upper-case hex and every token while rotating [F61] [F64]', () => {
    expect(reason(`SdkAppid=1400000000&Sign=${VENDORS_SIGN.toUpperCase()}&RequestTime=1669872112`)).to.equal('trusted')
    expect(reason(signed(NOW, 'older'))).to.equal('trusted')
  })

  const table: readonly (readonly [string, string, string])[] = [
    ['no SdkAppid', signed(NOW).replace('SdkAppid', 'App'), 'missing_app'],
    ['no query', '', 'missing_app'],
    ['another app', signed(NOW).replace('1400000000', '1400000009'), 'wrong_app'],
    ['a leading zero', signed(NOW).replace('=1400000000', '=01400000000'), 'wrong_app'],
    ['an array parameter', signed(NOW).replace('SdkAppid=', 'SdkAppid[]='), 'missing_app'],
    ['SdkAppid twice', `${signed(NOW)}&SdkAppid=1400000000`, 'wrong_app'],
    ['Sign missing', 'SdkAppid=1400000000&RequestTime=1669872112', 'missing_sign'],
    ['Sign twice', `${signed(NOW)}&Sign=${VENDORS_SIGN}`, 'missing_sign'],
    ['RequestTime missing', `SdkAppid=1400000000&Sign=${VENDORS_SIGN}`, 'missing_sign'],
    ['a flipped digit', signed(NOW).replace(/Sign=./, 'Sign=0'), 'bad_sign'],
    ['a short Sign', `SdkAppid=1400000000&Sign=${VENDORS_SIGN.slice(1)}&RequestTime=${NOW}`, 'bad_sign'],
    ['a long Sign', `SdkAppid=1400000000&Sign=${VENDORS_SIGN}0&RequestTime=${NOW}`, 'bad_sign'],
    ['an empty Sign', `SdkAppid=1400000000&Sign=&RequestTime=${NOW}`, 'bad_sign'],
    ['another token', signed(NOW, 'guess'), 'bad_sign'],
    ['60 s ago', signed(NOW - 60), 'trusted'],
    ['61 s ago', signed(NOW - 61), 'expired'],
    ['in 60 s', signed(NOW + 60), 'trusted'],
    ['in 61 s', signed(NOW + 61), 'expired'],
    ['milliseconds', signed(`${NOW}000`), 'bad_time'],
    ['an exponent', signed('1669872e03'), 'bad_time'],
    ['a sign before the digits', signed('+669872112'), 'bad_time'],
    ['an app that asks for no signature', 'SdkAppid=1400000001', 'trusted'],
  ]
  for (const [name, spellings] of [
    ['SdkAppid', ['SdkAppId', 'sdkappid', 'SDKAPPID', 'sDkAppId']],
    ['Sign', ['sign', 'SIGN']],
    ['RequestTime', ['requesttime', 'requestTime', 'REQUESTTIME']],
  ] as const) {
    for (const spelling of spellings) {
      it(`reads ${name} spelled ${spelling}`, () => {
        expect(reason(signed(NOW).replace(`${name}=`, `${spelling}=`))).to.equal('trusted')
      })

      it(`refuses ${name} that is given twice, once spelled ${spelling} [F47]`, () => {
        const value = new URLSearchParams(signed(NOW)).get(name)
        const twice = [`${signed(NOW)}&${spelling}=${value}`, `${spelling}=${value}&${signed(NOW)}`]
        for (const query of twice) expect(reason(query)).to.equal(name === 'SdkAppid' ? 'wrong_app' : 'missing_sign')
      })
    }
  }

  for (const [what, query, expected] of table) {
    it(`${what}: ${expected} [F60] [F61] [F62]`, () => {
      expect(reason(query)).to.equal(expected)
    })
  }

  it('refuses an address that is not allowed, also with a valid signature [F63]', () => {
    expect(reason(signed(NOW), { admitted: false })).to.equal('address')
    const outcome = trust(incoming(signed(NOW), { admitted: { reason: 'unreadable_forwarded_for', address: 'unknown' } }))
    expect(outcome).to.have.nested.property('left.fault.reason', 'unreadable_forwarded_for')
    expect(outcome).to.have.nested.property('left.fault.address', 'unknown')
  })

  it('tells a room or media event, whose headers name the app, from a request without any app', () => {
    expect(reason('', { hasAppHeader: true })).to.equal('trtc_event')
    expect(reason('Sign=00', { hasAppHeader: true })).to.equal('trtc_event')
    expect(reason('SdkAppid=7', { hasAppHeader: true })).to.equal('wrong_app')
    expect(reason(signed(NOW), { hasAppHeader: true })).to.equal('trusted')
  })
})
