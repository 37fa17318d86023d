import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net'

/** A request that a receiver has read completely. */
export interface ReceivedRequest {
  readonly method: string | undefined
  readonly url: string | undefined
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/** A server on loopback that counts its connections. */
export interface TestServer {
  readonly url: string
  /** Returns the number of connections since the start of the server. */
  readonly connections: () => number
  /** Returns the number of connections that are open now. */
  readonly openConnections: () => number
  /** Closes the server and all its connections. */
  readonly close: () => Promise<void>
}

/** An HTTP server on loopback that stores the requests it receives. */
export interface TestReceiver extends TestServer {
  readonly requests: readonly ReceivedRequest[]
}

/** Starts an HTTP server that calls `respond` for each request. The server uses TLS if it gets a certificate and a key. */
export const startReceiver = async (
  respond: (response: ServerResponse, request: ReceivedRequest) => void,
  tls?: { readonly cert: string; readonly key: string },
): Promise<TestReceiver> => {
  const requests: ReceivedRequest[] = []
  const onRequest = (message: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = []
    message.on('data', (chunk: Buffer) => chunks.push(chunk))
    message.on('end', () => {
      const request = { method: message.method, url: message.url, headers: message.headers, body: Buffer.concat(chunks) }
      requests.push(request)
      respond(response, request)
    })
  }
  const server = await listen(tls ? createSecureServer(tls, onRequest) : createServer(onRequest))
  return { ...server, url: tls ? server.url.replace('http:', 'https:') : server.url, requests }
}

/** Starts a TCP server for tests in which the server sends invalid HTTP or no HTTP. */
export const startTcpServer = (onConnection: (socket: Socket) => void): Promise<TestServer> => listen(createTcpServer(onConnection))

const listen = (server: Server): Promise<TestServer> => {
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
        openConnections: () => sockets.size,
        close: () =>
          new Promise((closed) => {
            server.close(() => closed())
            for (const socket of sockets) socket.destroy()
          }),
      }),
    )
  })
}
