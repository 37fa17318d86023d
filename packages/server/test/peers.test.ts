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

describe('the addresses that may send callbacks', () => {
  const table: readonly (readonly [string, boolean, IncomingMessage])[] = [
    ['an address of the list', true, from('10.1.2.3')],
    ['an IPv4 address as IPv6 writes it', true, from('::ffff:10.1.2.3')],
    ['an address beside the list', false, from('11.0.0.1')],
    ['one that only claims to be another', false, from('11.0.0.1', '10.1.2.3')],
    ['one behind our proxy', true, from('192.168.0.1', '10.1.2.3')],
    ['one behind our proxy that claims to be another', false, from('192.168.0.1', '10.1.2.3, 11.0.0.1')],
    ['nonsense behind our proxy', false, from('192.168.0.1', 'localhost')],
  ]
  for (const [what, admitted, request] of table) {
    it(`${admitted ? 'admits' : 'refuses'} ${what}`, () => {
      expect(createIpFilter(['10.0.0.0/8'], ['192.168.0.0/16'])(request)).to.equal(admitted)
    })
  }

  it('are all addresses where no list is given', () => {
    expect(createIpFilter(undefined)(from('11.0.0.1'))).to.equal(true)
  })
})
