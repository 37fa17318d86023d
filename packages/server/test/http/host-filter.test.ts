import { expect } from 'chai'
import { createHostFilter } from '../../src/http/host-filter.ts'

describe('createHostFilter', () => {
  const own = [
    'localhost',
    'LOCALHOST:9090',
    'localhost.',
    'Localhost.:9090',
    '127.0.0.1',
    '127.0.0.1:9090',
    '127.0.0.2:9090',
    '127.255.255.254',
    '[::1]',
    '[::1]:9090',
    '[0:0:0:0:0:0:0:1]:9090',
    '[::ffff:127.0.0.1]',
  ]
  const foreign = [
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'evil.example:9090',
    '127.0.0.1@evil.example',
    'evil.example#localhost',
    '128.0.0.1',
    '10.0.0.1',
    '[::2]',
    '',
    ':9090',
    '[::1',
    '[::1]evil.example',
    undefined,
  ]
  const loopback = createHostFilter({ host: '127.0.0.1' })

  for (const header of own) it(`admits ${header} on loopback`, () => expect(loopback(header)).to.equal(true))
  for (const header of foreign) {
    it(`refuses ${JSON.stringify(header)} on loopback [F75]`, () => expect(loopback(header)).to.equal(false))
  }

  it('admits the names in `hosts`, in any case and with a dot at the end', () => {
    const isAllowed = createHostFilter({ host: '127.0.0.1', hosts: ['Ops.example.com.', 'console'] })
    for (const header of ['ops.example.com', 'OPS.EXAMPLE.COM:443', 'ops.example.com.:443', 'console', 'localhost'])
      expect(isAllowed(header), header).to.equal(true)
    for (const header of ['example.com', 'a.ops.example.com', 'console.evil.example', '10.0.0.1'])
      expect(isAllowed(header), header).to.equal(false)
  })

  it('admits the address that the listener has', () => {
    expect(createHostFilter({ host: '10.0.0.1', hosts: [] })('10.0.0.1:9090')).to.equal(true)
    expect(createHostFilter({ host: 'ops.internal', hosts: [] })('OPS.internal:9090')).to.equal(true)
  })

  it('admits every Host off loopback without `hosts`, where the token alone guards', () => {
    expect(createHostFilter({ host: '0.0.0.0' })('anything.example')).to.equal(true)
  })

  it('admits only its names and IP addresses off loopback with `hosts`', () => {
    const isAllowed = createHostFilter({ host: '0.0.0.0', hosts: ['ops.example.com'] })
    for (const header of ['ops.example.com', '10.1.2.3:9090', '[2001:db8::1]:9090', 'localhost'])
      expect(isAllowed(header), header).to.equal(true)
    for (const header of ['evil.example', '10.1.2.3.evil.example', undefined]) expect(isAllowed(header)).to.equal(false)
  })
})
