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
  const table: readonly (readonly [string, boolean, IncomingMessage])[] = [
    ['an address on the list', true, from('10.1.2.3')],
    ['an IPv4-mapped IPv6 address', true, from('::ffff:10.1.2.3')],
    ['an address that is not on the list', false, from('11.0.0.1')],
    ['an address that forges X-Forwarded-For', false, from('11.0.0.1', '10.1.2.3')],
    ['a client behind our proxy', true, from('192.168.0.1', '10.1.2.3')],
    ['a client behind our proxy that forges X-Forwarded-For', false, from('192.168.0.1', '10.1.2.3, 11.0.0.1')],
    ['an invalid address behind our proxy', false, from('192.168.0.1', 'localhost')],
  ]
  for (const [what, admitted, request] of table) {
    it(`${admitted ? 'admits' : 'refuses'} ${what}`, () => {
      expect(createIpFilter(['10.0.0.0/8'], ['192.168.0.0/16'])(request)).to.equal(admitted)
    })
  }

  it('admits every address without a list', () => {
    expect(createIpFilter(undefined)(from('11.0.0.1'))).to.equal(true)
  })
})
