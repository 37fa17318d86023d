import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Answer } from '@callboard/core'
import type { CloseReason } from '../metrics/closed-connections.ts'
import type { Progress } from './slow-senders.ts'

/** How long a client may read the last answer before its connection is destroyed. An earlier end could take the answer from it. */
const LINGER_MS = 1_000
/** How often the list looks at a client within the time that it has to read. */
const SWEEPS = 10

const reasonPhrases: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
}

const rawAnswer = ({ status, headers, body }: Answer): string => {
  const lines = [
    `HTTP/1.1 ${status} ${reasonPhrases[status] ?? 'Error'}`,
    ...Object.entries({ ...headers, 'content-length': Buffer.byteLength(body), connection: 'close' }).map(
      ([name, value]) => `${name}: ${value}`,
    ),
  ]
  return `${lines.join('\r\n')}\r\n\r\n${body}`
}

interface Connection {
  /** The requests whose answers are not complete, by their answers, in the order of their arrival. */
  readonly exchanges: Map<ServerResponse, IncomingMessage>
  heads: number
  latest?: IncomingMessage
  reason?: CloseReason
  lingering?: NodeJS.Timeout
  isAnswered: boolean
  isEndedByClient: boolean
  /** The bytes that wait for the client, and how many sweeps found the same number. */
  unreadBytes: number
  unreadSweeps: number
}

/** The open connections of a server. Each one that the server ends is counted once, by its reason. */
export interface Connections {
  readonly add: (socket: Duplex) => void
  /** Adds a request to its connection. Returns false if the server already ends that connection. */
  readonly addRequest: (req: IncomingMessage, res: ServerResponse, reason?: CloseReason) => boolean
  readonly hasRequest: (socket: Duplex) => boolean
  readonly progressOf: (socket: Duplex) => Progress
  readonly destroy: (socket: Duplex, reason: CloseReason) => void
  /** Ends a connection with an answer, after the answers to the complete requests before it. The second call for a connection does nothing. */
  readonly endWith: (socket: Duplex, reason: CloseReason, answer: () => Answer) => void
  /** From now on, connections end because the server stops. */
  readonly setClosing: () => void
  readonly stop: () => void
}

/** Creates the list. A client that reads nothing for `unreadMs` is too slow. `onClosed` is called once for each connection that the server ended. */
export const createConnections = (unreadMs: number, onClosed: (reason: CloseReason) => void): Connections => {
  const open = new Map<Duplex, Connection>()
  let isClosing = false

  const reasonOf = ({ reason, isEndedByClient, isAnswered }: Connection): CloseReason | undefined => {
    if (reason !== undefined || isEndedByClient) return reason
    if (isClosing) return 'shutdown'
    return isAnswered ? 'answered' : 'other'
  }
  const destroy = (socket: Duplex, reason: CloseReason) => {
    const connection = open.get(socket)
    if (connection) connection.reason ??= reason
    socket.destroy()
  }

  const sweep = () => {
    for (const [socket, connection] of open) {
      const isStuck = socket.writableLength > 0 && socket.writableLength === connection.unreadBytes
      connection.unreadSweeps = isStuck ? connection.unreadSweeps + 1 : 0
      connection.unreadBytes = socket.writableLength
      if (connection.unreadSweeps >= SWEEPS) destroy(socket, 'slow_reader')
    }
  }
  const sweeping = setInterval(sweep, unreadMs / SWEEPS).unref()

  const writeLast = (socket: Duplex, connection: Connection, answer: Answer) => {
    const isHalfWritten = [...connection.exchanges.keys()].some(({ headersSent }) => headersSent)
    if (!socket.writable || isHalfWritten) return socket.destroy()
    connection.lingering = setTimeout(() => socket.destroy(), LINGER_MS).unref()
    return socket.end(rawAnswer(answer))
  }

  return {
    add: (socket) => {
      const connection: Connection = {
        exchanges: new Map(),
        heads: 0,
        isAnswered: false,
        isEndedByClient: false,
        unreadBytes: 0,
        unreadSweeps: 0,
      }
      open.set(socket, connection)
      const setEndedByClient = () => {
        connection.isEndedByClient = true
      }
      socket.once('end', setEndedByClient)
      socket.once('error', setEndedByClient)
      socket.once('close', () => {
        open.delete(socket)
        clearTimeout(connection.lingering)
        const reason = reasonOf(connection)
        if (reason !== undefined) onClosed(reason)
      })
    },
    addRequest: (req, res, reason) => {
      const connection = open.get(req.socket)
      if (connection === undefined || connection.reason !== undefined) return false
      if (reason !== undefined) connection.reason = reason
      connection.heads += 1
      connection.latest = req
      connection.exchanges.set(res, req)
      res.once('close', () => {
        connection.exchanges.delete(res)
        connection.isAnswered ||= res.writableFinished
      })
      return true
    },
    hasRequest: (socket) => (open.get(socket)?.exchanges.size ?? 0) > 0,
    progressOf: (socket) => {
      const { heads = 0, latest } = open.get(socket) ?? {}
      return { heads, lacksBody: latest !== undefined && !latest.complete }
    },
    destroy,
    endWith: (socket, reason, answer) => {
      const connection = open.get(socket)
      if (connection === undefined) return socket.destroy()
      if (connection.reason !== undefined) return undefined
      connection.reason = reason
      const before = [...connection.exchanges].filter(([, req]) => req.complete).map(([res]) => res)
      const last = before.at(-1)
      const end = () => writeLast(socket, connection, answer())
      return last ? last.once('close', end) : end()
    },
    setClosing: () => {
      isClosing = true
    },
    stop: () => clearInterval(sweeping),
  }
}
