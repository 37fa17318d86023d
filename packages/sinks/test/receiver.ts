import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net'

export interface Received {
  readonly method: string | undefined
  readonly url: string | undefined
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

export interface Receiver {
  readonly url: string
  readonly received: readonly Received[]
  /** How many connections there were. */
  readonly connections: () => number
  /** How many there are now. */
  readonly open: () => number
  readonly close: () => Promise<void>
}

/** An HTTP server on loopback that remembers what it was sent; with a certificate and its key, over TLS. */
export const receiver = async (
  answer: (response: ServerResponse, request: Received) => void,
  tls?: { readonly cert: string; readonly key: string },
): Promise<Receiver> => {
  const received: Received[] = []
  const take = (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const one = { method: request.method, url: request.url, headers: request.headers, body: Buffer.concat(chunks) }
      received.push(one)
      answer(response, one)
    })
  }
  const listener = await listening(tls ? createSecureServer(tls, take) : createServer(take))
  return { ...listener, url: tls ? listener.url.replace('http:', 'https:') : listener.url, received }
}

/** A TCP server on loopback, for peers that do not speak HTTP. */
export const peer = (talk: (socket: Socket) => void): Promise<Omit<Receiver, 'received'>> => listening(createTcpServer(talk))

const listening = (server: Server): Promise<Omit<Receiver, 'received'>> => {
  const sockets = new Set<Socket>()
  let connections = 0
  server.on('connection', (socket: Socket) => {
    connections += 1
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
  })
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () =>
      resolve({
        url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/in`,
        connections: () => connections,
        open: () => sockets.size,
        close: () =>
          new Promise((closed) => {
            server.close(() => closed())
            for (const socket of sockets) socket.destroy()
          }),
      }),
    )
  })
}
