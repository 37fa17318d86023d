import type { LookupAddress } from 'node:dns'
import { expect } from 'chai'
import { Agent, request } from 'undici'
import { explainBlockedTarget } from '../../src/webhook/blocked-target.ts'
import { guardedConnector } from '../../src/webhook/guard.ts'
import { startReceiver } from '../test-receiver.ts'

const v4 = (address: string): LookupAddress => ({ address, family: 4 })
const v6 = (address: string): LookupAddress => ({ address, family: 6 })

/** Requests `url` while every name resolves to `addresses`. Returns the status, or the name and message of the error. */
const statusOrErrorOf = async (url: string, allow: readonly string[], addresses: readonly LookupAddress[] = []): Promise<string> => {
  const agent = new Agent({ connect: guardedConnector(allow, async () => addresses) })
  try {
    const { statusCode, body } = await request(url, { dispatcher: agent, signal: AbortSignal.timeout(5_000) })
    await body.dump()
    return String(statusCode)
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  } finally {
    await agent.destroy()
  }
}

const LOOPBACK_SPELLINGS = [
  '127.0.0.1',
  '127.1',
  '2130706433',
  '0x7f.1',
  '0x7f000001',
  '017700000001',
  '127.0.0.1.',
  '127.255.255.254',
  '[::1]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[0:0:0:0:0:ffff:7f00:1]',
  '[::127.0.0.1]',
  '[64:ff9b::7f00:1]',
  '[2002:7f00:1::]',
  '１２７.0.0.1',
]
const PRIVATE = [
  '0',
  '0.0.0.0',
  '0.1.2.3',
  '10.0.0.1',
  '100.64.0.1',
  '172.16.0.1',
  '172.31.255.255',
  '192.0.0.1',
  '192.0.2.1',
  '192.88.99.1',
  '192.168.1.1',
  '198.18.0.1',
  '198.51.100.1',
  '203.0.113.1',
  '224.0.0.1',
  '239.255.255.255',
  '240.0.0.1',
  '255.255.255.255',
  '[::]',
  '[::ffff:10.0.0.1]',
  '[64:ff9b:1::808:808]',
  '[64:ff9b:1:a9fe:a9:fe00:808:808]',
  '[100::1]',
  '[2001:db8::1]',
  '[3fff::1]',
  '[5f00::1]',
  '[fc00::1]',
  '[fd12:3456::1]',
  '[fec0::1]',
  '[ff02::1]',
  '[2001::1]',
  '[4000::1]',
  '[2002:a00:1::]',
  '[::ffff:0:a00:1]',
]
const ALWAYS_BLOCKED = [
  '169.254.169.254',
  '169.254.0.23',
  '100.100.100.200',
  '0xa9fea9fe',
  '2852039166',
  '168.63.129.16',
  '192.0.0.192',
  '[fe80::1]',
  '[fd00:ec2::254]',
  '[fd20:ce::254]',
  '[::ffff:169.254.169.254]',
  '[64:ff9b::a9fe:a9fe]',
  '[2002:a9fe:a9fe::]',
  '[::169.254.169.254]',
]
const PUBLIC = [
  '8.8.8.8',
  '1.1.1.1',
  '[2606:4700:4700::1111]',
  '[::ffff:8.8.8.8]',
  '[64:ff9b::808:808]',
  '[2002:808:808::]',
  'example.com',
  'localhost.example.com',
]
const ALL_ADDRESSES = ['0.0.0.0/0', '::/0']

describe('webhook target guard', () => {
  it('blocks loopback and private addresses in every spelling without a connection [F70]', () => {
    for (const host of [...LOOPBACK_SPELLINGS, ...PRIVATE])
      expect(explainBlockedTarget(`http://${host}/x`), host).to.match(/^blocked_address: .*only `allow` opens$/)
  })

  it('permits loopback and private addresses that `allow` contains', () => {
    for (const host of [...LOOPBACK_SPELLINGS, ...PRIVATE])
      expect(explainBlockedTarget(`https://${host}:8443/x`, ALL_ADDRESSES), host).to.equal(undefined)
    expect(explainBlockedTarget('http://10.1.2.3/', ['10.0.0.0/8'])).to.equal(undefined)
    expect(explainBlockedTarget('http://[::ffff:10.1.2.3]/', ['10.0.0.0/8'])).to.equal(undefined)
    expect(explainBlockedTarget('http://10.1.2.3/', ['10.1.2.3'])).to.equal(undefined)
    expect(explainBlockedTarget('http://11.1.2.3/', ['10.0.0.0/8'])).to.equal(undefined)
    expect(explainBlockedTarget('http://10.1.2.3/', ['10.2.0.0/16', 'fc00::/7', 'nonsense'])).to.match(/private/)
  })

  it('blocks link-local and cloud metadata addresses even if `allow` contains them [F70]', () => {
    for (const host of ALWAYS_BLOCKED) {
      expect(explainBlockedTarget(`http://${host}/latest`), host).to.match(/which nothing opens$/)
      expect(explainBlockedTarget(`http://${host}/latest`, [...ALL_ADDRESSES, '169.254.0.0/16', 'fe80::/10']), host).to.match(
        /which nothing opens$/,
      )
    }
  })

  it('permits public addresses, and permits host names before DNS resolution', () => {
    for (const host of [...PUBLIC, 'localhost', 'metadata.tencentyun.com'])
      expect(explainBlockedTarget(`https://${host}/x`), host).to.equal(undefined)
    expect(explainBlockedTarget('not a url')).to.equal(undefined)
  })

  it('opens no connection to a blocked address in any spelling [F70]', async () => {
    const receiver = await startReceiver((response) => response.end())
    try {
      const { port } = new URL(receiver.url)
      for (const host of LOOPBACK_SPELLINGS)
        expect(await statusOrErrorOf(`http://${host}:${port}/`, []), host).to.equal('GiveUp: blocked_address')
      for (const host of ALWAYS_BLOCKED)
        expect(await statusOrErrorOf(`http://${host}:${port}/`, ALL_ADDRESSES), host).to.equal('GiveUp: blocked_address')
      expect(receiver.connections()).to.equal(0)
      expect(await statusOrErrorOf(receiver.url, ['127.0.0.0/8'])).to.equal('200')
    } finally {
      await receiver.close()
    }
  })

  it('blocks a host name if any of its addresses is blocked, and connects only to checked addresses [F70]', async () => {
    const receiver = await startReceiver((response) => response.end())
    try {
      const url = `http://crm.example.com:${new URL(receiver.url).port}/`
      expect(await statusOrErrorOf(url, [], [v4('127.0.0.1')])).to.equal(
        'Error: blocked_address: behind crm.example.com, 127.0.0.1 is a loopback address, which only `allow` opens',
      )
      for (const addresses of [
        [v4('8.8.8.8'), v4('127.0.0.1')],
        [v4('127.0.0.1'), v4('8.8.8.8')],
        [v6('2606:4700::1'), v6('::ffff:10.0.0.1')],
        [v4('127.0.0.1'), v6('fe80::1%lo')],
      ]) {
        expect(
          await statusOrErrorOf(url, addresses.some(({ address }) => address.startsWith('fe80')) ? ['127.0.0.0/8'] : [], addresses),
        ).to.match(/blocked_address/)
      }
      expect(await statusOrErrorOf(url, ALL_ADDRESSES, [v4('169.254.169.254')])).to.match(/which nothing opens$/)
      expect(await statusOrErrorOf(url, [], [])).to.match(/has no address/)
      expect(receiver.connections()).to.equal(0)
      expect(await statusOrErrorOf(url, ['127.0.0.0/8'], [v4('127.0.0.1')])).to.equal('200')
    } finally {
      await receiver.close()
    }
  })

  it('resolves the host name once for each connection [F70]', async () => {
    const receiver = await startReceiver((response) => response.end())
    let lookupCount = 0
    const connect = guardedConnector(['127.0.0.0/8'], async () => {
      lookupCount += 1
      return [v4('127.0.0.1')]
    })
    const agent = new Agent({ connect })
    try {
      await (await request(`http://crm.example.com:${new URL(receiver.url).port}/`, { dispatcher: agent })).body.dump()
      expect(lookupCount).to.equal(1)
    } finally {
      await agent.destroy()
      await receiver.close()
    }
  })
})
