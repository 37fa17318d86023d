import type { Server } from 'node:http'

/** What every server here answers. */
export const OK = '{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}'

/** Listens on a free port and prints where; ends when it is told to. */
export const listenAndTell = (server: Server): void => {
  server.listen(0, '127.0.0.1', () => {
    const address = server.address()
    if (typeof address === 'object') process.stdout.write(`listening: http://127.0.0.1:${address?.port}/callback\n`)
  })
  process.on('SIGTERM', () => process.exit(0))
}
