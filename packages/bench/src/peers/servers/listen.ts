import type { RequestListener } from 'node:http'
import { createServer } from 'node:http'

/** The answer of every server. */
export const OK = '{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}'

/** Serves on a free port and prints the URL. SIGTERM ends the process. */
export const serve = (listener: RequestListener): void => {
  const server = createServer(listener).listen(0, '127.0.0.1', () => {
    const address = server.address()
    if (typeof address === 'object') process.stdout.write(`listening: http://127.0.0.1:${address?.port}/callback\n`)
  })
  process.on('SIGTERM', () => process.exit(0))
}
