import { expect } from 'chai'
import { Webhook } from 'standardwebhooks'
import { keyOf, signatureHeaders } from '../../src/webhook/signature.ts'

const secretOf = (bytes: number): string => `whsec_${Buffer.alloc(bytes, 7).toString('base64')}`

/** Returns a list of names and values as an object. */
const headersOf = (list: readonly string[]): Record<string, string> =>
  Object.fromEntries(list.flatMap((name, index) => (index % 2 === 0 ? [[name, list[index + 1] ?? '']] : [])))

const keysOf = (...secrets: readonly string[]): readonly Buffer[] => secrets.flatMap((secret) => keyOf(secret) ?? [])

describe('Standard Webhooks signature', () => {
  it('matches the published test vector', () => {
    const keys = keysOf('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw')
    expect(signatureHeaders(keys, 'msg_p5jXN8AQM9LWM0D4loKWxJek', 1_614_265_330, Buffer.from('{"test": 2432232314}'))).to.deep.equal([
      'webhook-id',
      'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp',
      '1614265330',
      'webhook-signature',
      'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    ])
  })

  it('verifies with either of two secrets during a key rotation and with no other secret [F39]', () => {
    const [oldSecret, newSecret, unrelatedSecret] = [secretOf(24), secretOf(64), secretOf(32)]
    const body = '{"群":"名"}'
    const headers = headersOf(signatureHeaders(keysOf(oldSecret, newSecret), 'e-1', Math.floor(Date.now() / 1_000), Buffer.from(body)))
    expect(new Webhook(oldSecret).verify(body, headers)).to.deep.equal({ 群: '名' })
    expect(new Webhook(newSecret).verify(body, headers)).to.deep.equal({ 群: '名' })
    expect(() => new Webhook(unrelatedSecret).verify(body, headers)).to.throw()
    expect(() => new Webhook(oldSecret).verify(`${body} `, headers)).to.throw()
  })

  it('is absent from the headers if the sink has no key', () => {
    expect(signatureHeaders([], 'e-1', 1, Buffer.from(''))).to.deep.equal(['webhook-id', 'e-1', 'webhook-timestamp', '1'])
  })

  it('requires a key of 24 to 64 bytes in base64 with the prefix whsec_', () => {
    for (const bytes of [24, 32, 64]) expect(keyOf(secretOf(bytes))?.length).to.equal(bytes)
    const invalidSecrets = [
      secretOf(23),
      secretOf(65),
      'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
      'whsec_',
      'whsec_not base64 at all, really not!',
      '',
      'whpk_MfKQ',
    ]
    for (const secret of invalidSecrets) expect(keyOf(secret), secret).to.equal(undefined)
  })
})
