import { webhook } from '@callboard/sinks'
import { expect } from 'chai'
import { OTHER_SECRET, SECRET } from './webhook-sink-fixture.ts'

describe('webhook sink options', () => {
  const problems = (options: unknown): readonly string[] =>
    webhook.configure(options).problems.map(({ path, message }) => [...path, message].join(': '))
  const url = 'https://crm.example.com/im'

  it('require a URL and either `secret` or `unsigned: true`', () => {
    expect(problems({ url, secret: SECRET })).to.deep.equal([])
    expect(problems({ url, secret: [SECRET, OTHER_SECRET] })).to.deep.equal([])
    expect(problems({ url, unsigned: true })).to.deep.equal([])
    expect(problems({ url })).to.deep.equal(['give a `secret` to sign with, or say `unsigned: true`'])
    expect(problems({ url, unsigned: false })).to.deep.equal(['give a `secret` to sign with, or say `unsigned: true`'])
    expect(problems({ url, secret: SECRET, unsigned: true })).to.deep.equal(['`secret` and `unsigned: true` contradict each other'])
    expect(problems({ secret: SECRET })).to.deep.equal(['url: expected an http or https URL without user and password, got nothing'])
  })

  it('report an invalid secret in one line that does not contain the secret', () => {
    for (const secret of ['hunter2', '', [], [SECRET, 'hunter2'], 7, null, `${SECRET}!`]) {
      const [problem, ...more] = problems({ url, secret })
      expect(more).to.deep.equal([])
      expect(problem)
        .to.match(/^secret: expected a secret such as whsec_/)
        .and.not.contain('hunter2')
    }
  })

  it('reject URLs with other schemes, with a user name or with a password [F70]', () => {
    for (const invalidUrl of ['ftp://x/', 'file:///etc/passwd', 'http://u:p@x/', 'https://u@x/', 'crm.example.com', '/im', '', 7]) {
      expect(problems({ url: invalidUrl, secret: SECRET }), String(invalidUrl)).to.have.length(1)
    }
  })

  it('reject headers that the sink sets itself and headers that are not valid HTTP [F38]', () => {
    for (const name of [
      'webhook-id',
      'CE-Id',
      'Webhook-Signature',
      'HOST',
      'content-length',
      'Content-Type',
      'transfer-encoding',
      'connection',
      'x y',
      '',
      'x\r\ny',
    ]) {
      expect(problems({ url, secret: SECRET, headers: { [name]: 'v' } }), name).to.have.length(1)
    }
    for (const value of ['a\r\nb: c', 'a\nb', '\u0000', '中文', 7]) {
      expect(problems({ url, secret: SECRET, headers: { 'x-team': value } }), String(value)).to.have.length(1)
    }
    expect(problems({ url, secret: SECRET, headers: { authorization: 'Bearer x', 'x-team': 'im', 'ce-dataschema': 'v1' } })).to.deep.equal(
      [],
    )
  })

  it('reject unknown formats, invalid address ranges and unknown keys', () => {
    expect(problems({ url, secret: SECRET, format: 'xml' })).to.deep.equal([
      'format: expected "payload" or "raw" or "cloudevents" or "cloudevents-structured"',
    ])
    expect(problems({ url, secret: SECRET, allow: ['10.0.0.0/8', 'everything'] })).to.deep.equal([
      'allow: 1: expected an address range such as 10.0.0.0/8',
    ])
    expect(problems({ url, secret: SECRET, allow: '10.0.0.0/8' })).to.deep.equal(['allow: expected a list'])
    expect(problems({ url, secret: SECRET, follow: true })).to.deep.equal(['follow: unknown key'])
  })
})
