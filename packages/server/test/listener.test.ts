import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { answerFault } from '@callboard/core'
import { expect } from 'chai'
import { type Listener, listen } from '../src/http/listener.ts'

const refuse = answerFault

describe('listener', () => {
  let listener: Listener
  const sockets: Socket[] = []
  const open = async (): Promise<Socket> => {
    const socket = connect(listener.port, listener.host)
    sockets.push(socket)
    await once(socket, 'connect')
    return socket
  }
  const ask = async (socket: Socket): Promise<string> => {
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
    const [data] = await Promise.race([once(socket, 'data'), once(socket, 'close').then(() => ['closed'])])
    return String(data).split('\r\n')[0] ?? ''
  }

  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy()
    await listener.close()
  })

  it('closes connections beyond its limit, and accepts new ones when old ones end', async () => {
    listener = await listen({ host: '127.0.0.1', port: 0 }, (_, res) => res.end('ok'), { refuse, connections: 2 })
    const first = await open()
    expect(await ask(first)).to.equal('HTTP/1.1 200 OK')
    expect(await ask(await open())).to.equal('HTTP/1.1 200 OK')
    expect(await ask(await open())).to.equal('closed')
    first.destroy()
    await once(first, 'close')
    // The server frees the connection a moment later.
    let answer = 'closed'
    while (answer === 'closed') answer = await ask(await open())
    expect(answer).to.equal('HTTP/1.1 200 OK')
  })

  it('answers a running request while it closes', async () => {
    let finish = () => {}
    let arrived = () => {}
    const arriving = new Promise<void>((resolve) => {
      arrived = resolve
    })
    listener = await listen(
      { host: '127.0.0.1', port: 0 },
      (_, res) => {
        finish = () => res.end('done')
        arrived()
      },
      { refuse },
    )
    const socket = await open()
    const answer = ask(socket)
    await arriving
    const closed = listener.close()
    finish()
    expect(await answer).to.equal('HTTP/1.1 200 OK')
    await closed
  })
})
