import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { expect } from 'chai'
import { createIpFilter } from '../src/http/ip-allow-list.ts'

const from = (address: string, forwarded?: string): IncomingMessage => {
  const socket = new Socket()
  Object.defineProperty(socket, 'remoteAddress', { value: address })
  const request = new IncomingMessage(socket)
  if (forwarded !== undefined) request.headers['x-forwarded-for'] = forwarded
  return request
}

describe('createIpFilter', () => {
  const filter = createIpFilter(['10.0.0.0/8', '2001:db8::/32'], ['192.168.0.0/16', 'fd00::/8'])
  const outcome = (request: IncomingMessage): string => {
    const admitted = filter(request)
    return admitted === true ? 'admitted' : admitted.reason
  }

  const table: readonly (readonly [string, string, IncomingMessage])[] = [
    ['an address on the list', 'admitted', from('10.1.2.3')],
    ['an IPv4-mapped IPv6 address', 'admitted', from('::ffff:10.1.2.3')],
    ['an address that is not on the list', 'address', from('11.0.0.1')],
    ['an address that forges X-Forwarded-For [F67]', 'address', from('11.0.0.1', '10.1.2.3')],
    ['a proxy that names no client and is not on the list', 'address', from('192.168.0.1')],
    ['a client behind our proxy', 'admitted', from('192.168.0.1', '10.1.2.3')],
    ['a client behind our proxy that forges X-Forwarded-For [F67]', 'address', from('192.168.0.1', '10.1.2.3, 11.0.0.1')],
    ['a client behind two of our proxies', 'admitted', from('192.168.0.1', '10.1.2.3, 192.168.7.7')],
    ['a client behind two of our proxies that write ports', 'admitted', from('fd00::1', '10.1.2.3:50000, "[fd00::2]:443"')],
    [
      'a client behind two of our proxies that forges an entry [F67]',
      'address',
      from('192.168.0.1', '10.1.2.3, 11.0.0.1:1, 192.168.7.7:2'),
    ],
    ['a chain that has only our proxies', 'address', from('192.168.0.1', '192.168.7.7, 192.168.7.8')],
    ['an allowed client before an unreadable entry [F67]', 'unreadable_forwarded_for', from('192.168.0.1', '10.1.2.3, unknown')],
    [
      'an allowed client before an unreadable entry and a proxy',
      'unreadable_forwarded_for',
      from('192.168.0.1', '10.1.2.3, x, 192.168.7.7'),
    ],
    ['an unreadable entry before an allowed client', 'admitted', from('192.168.0.1', 'unknown, 10.1.2.3')],
    ['an unreadable entry from an address that is no proxy', 'address', from('11.0.0.1', 'unknown')],
  ]
  for (const [what, expected, request] of table) {
    const title = expected === 'admitted' ? `admits ${what}` : `refuses ${what}`
    it(title.includes('[') ? title : `${title} (${expected})`, () => expect(outcome(request)).to.equal(expected))
  }

  /** Each way in which a gateway writes an address that is allowed, and the same for one that is not. */
  const forms: readonly ((ipv4: string, ipv6: string) => string)[] = [
    (ipv4) => ipv4,
    (ipv4) => `  ${ipv4}\t`,
    (ipv4) => `${ipv4}:51234`,
    (ipv4) => `"${ipv4}"`,
    (ipv4) => `" ${ipv4}:80 "`,
    (ipv4) => `::ffff:${ipv4}`,
    (ipv4) => `[::ffff:${ipv4}]:443`,
    (ipv4) => `for=${ipv4}`,
    (ipv4) => `For="${ipv4}:51234";proto=https`,
    (_, ipv6) => ipv6,
    (_, ipv6) => ipv6.toUpperCase(),
    (_, ipv6) => `[${ipv6}]`,
    (_, ipv6) => `[${ipv6}]:443`,
    (_, ipv6) => `"${ipv6}"`,
    (_, ipv6) => `"[${ipv6}]"`,
    (_, ipv6) => `"[${ipv6}]:443"`,
    (_, ipv6) => `for="[${ipv6}]:443"`,
    (_, ipv6) => `${ipv6}%eth0`,
  ]
  for (const form of forms) {
    const allowed = form('10.1.2.3', '2001:db8::5')
    it(`reads the address in ${JSON.stringify(allowed)}`, () => {
      expect(outcome(from('192.168.0.1', allowed))).to.equal('admitted')
      expect(outcome(from('192.168.0.1', `11.0.0.1, ${allowed}`))).to.equal('admitted')
      expect(outcome(from('192.168.0.1', form('11.0.0.1', '2001:db9::5')))).to.equal('address')
      expect(outcome(from('192.168.0.1', `${allowed}, ${form('11.0.0.1', '2001:db9::5')}`))).to.equal('address')
    })
  }

  for (const entry of [
    '',
    ' ',
    '""',
    'unknown',
    '"unknown"',
    '_hidden',
    'for=_hidden',
    '-',
    'localhost',
    'gateway:443',
    '10.1.2',
    '10.1.2.3.4',
    '10.1.2.3:port',
    '10.1.2.3:123456',
    '010.1.2.3',
    '10.1.2.3 10.1.2.4',
    '[10.1.2.3',
    '10.1.2.3]',
    '"10.1.2.3',
    '[]:80',
    '2001:db8::g',
    '0x0a010203',
    '167837955',
  ]) {
    it(`refuses ${JSON.stringify(entry)} as unreadable`, () => {
      expect(outcome(from('192.168.0.1', entry))).to.equal('unreadable_forwarded_for')
      expect(outcome(from('192.168.0.1', `10.1.2.3,${entry}`))).to.equal('unreadable_forwarded_for')
    })
  }

  it('names the address that it judged, without control characters and no longer than 64 characters', () => {
    const address = (request: IncomingMessage) => {
      const admitted = filter(request)
      return admitted === true ? undefined : admitted.address
    }
    expect(address(from('11.0.0.1'))).to.equal('11.0.0.1')
    expect(address(from('192.168.0.1', '10.1.2.3, "[2001:db9::5]:443", 192.168.7.7'))).to.equal('2001:db9::5')
    expect(address(from('192.168.0.1', '\u001b[31mred'))).to.equal('\\u001b[31mred')
    expect(address(from('192.168.0.1', 'x'.repeat(10_000)))).to.equal('x'.repeat(64))
  })

  it('reads long headers of blanks, quotes and commas at once', () => {
    const started = performance.now()
    for (const part of [' ', '"', ',', ' "', '[', ':', ';', '%']) outcome(from('192.168.0.1', `x${part.repeat(8_000)}x`))
    expect(performance.now() - started).to.be.lessThan(1_000)
  })

  it('admits every address without a list', () => {
    expect(createIpFilter(undefined)(from('11.0.0.1'))).to.equal(true)
  })
})
