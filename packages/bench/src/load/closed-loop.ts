import { type Connection, openConnection } from './connection.ts'
import type { ClosedLoop } from './load.ts'

/** Runs a closed loop and resolves when it ends. `record` receives the milliseconds of each answer. */
export const runClosedLoop = (url: URL, load: ClosedLoop, next: () => string, record: (ms: number) => void): Promise<void> =>
  new Promise((resolve, reject) => {
    const until = 'seconds' in load ? performance.now() + load.seconds * 1_000 : Number.POSITIVE_INFINITY
    let unsent = 'count' in load ? load.count : Number.POSITIVE_INFINITY
    let open = load.connections
    const sentAt = new Map<Connection, number>()
    const send = (connection: Connection) => {
      if (unsent <= 0 || performance.now() >= until) {
        connection.close()
        open -= 1
        if (open === 0) resolve()
        return
      }
      unsent -= 1
      sentAt.set(connection, performance.now())
      connection.send(next())
    }
    const onAnswer = (connection: Connection) => {
      record(performance.now() - (sentAt.get(connection) ?? Number.NaN))
      send(connection)
    }
    for (let n = 0; n < load.connections; n += 1) openConnection(url, send, onAnswer, reject)
  })
