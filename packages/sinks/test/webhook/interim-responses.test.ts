import { Socket } from 'node:net'
import { expect } from 'chai'
import { skipContinue } from '../../src/webhook/interim-responses.ts'

const CONTINUE = 'HTTP/1.1 100 Continue\r\nx: y\r\n\r\n'
const PROCESSING = 'HTTP/1.1 102 Continue\r\nx: y\r\n\r\n'
const HINTS = 'HTTP/1.1 103 Early Hints\r\n\r\n'
const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 90\r\n\r\n'

/** Returns what is read after each request. `requests` lists, for each request, the packets that follow it. */
const read = (requests: readonly (readonly string[])[]): readonly (readonly string[])[] => {
  const socket = new Socket()
  let written = 0
  let next: Buffer | null = null
  Object.defineProperty(socket, 'bytesWritten', { get: () => written })
  socket.read = () => next
  skipContinue(socket)
  return requests.map((packets) => {
    written += 100
    return packets.map((packet) => {
      next = Buffer.from(packet)
      return String(socket.read())
    })
  })
}

describe('interim responses of a webhook receiver', () => {
  it('reads 100 Continue as 102 Processing, also several times, among others, and in packets of its own', () => {
    expect(read([[CONTINUE + OK]])).to.deep.equal([[PROCESSING + OK]])
    expect(read([[CONTINUE, CONTINUE, HINTS + CONTINUE, OK]])).to.deep.equal([[PROCESSING, PROCESSING, HINTS + PROCESSING, OK]])
    expect(read([[OK], [CONTINUE + OK]])).to.deep.equal([[OK], [PROCESSING + OK]])
  })

  it('changes no body, whatever it begins with, and no other response', () => {
    expect(read([[OK + CONTINUE, CONTINUE]])).to.deep.equal([[OK + CONTINUE, CONTINUE]])
    expect(read([[CONTINUE + OK, CONTINUE]])).to.deep.equal([[PROCESSING + OK, CONTINUE]])
    for (const packet of ['', 'HTTP/1.1 10', 'SSH-2.0', HINTS, OK]) expect(read([[packet]])).to.deep.equal([[packet]])
  })

  it('returns what it cannot know unchanged: nothing to read, and text', () => {
    const socket = new Socket()
    skipContinue(socket)
    expect(socket.read()).to.equal(null)
    const textSocket = new Socket()
    textSocket.read = () => CONTINUE
    skipContinue(textSocket)
    expect(textSocket.read()).to.equal(CONTINUE)
  })
})
