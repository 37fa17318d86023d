import { spawnSync } from 'node:child_process'
import { connect, createServer } from 'node:net'
import { start } from '../spawned.ts'

/** A Redis of our own, which syncs each write before it says so. */
export interface Redis {
  readonly port: number
  readonly pid: number
  readonly stop: () => Promise<void>
}

/** Is there a redis-server to start? */
export const hasRedis = (): boolean => spawnSync('redis-server', ['--version']).status === 0

/** Does a Redis answer at its usual port? It is asked nothing else. */
export const redisAnswers = (): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(6379, '127.0.0.1', () => socket.write('PING\r\n'))
    const end = (answers: boolean) => {
      socket.destroy()
      resolve(answers)
    }
    socket.setTimeout(1_000, () => end(false))
    socket.on('data', (data) => end(data.toString().startsWith('+PONG')))
    socket.on('error', () => end(false))
  })

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' ? (address?.port ?? 0) : 0))
    })
  })

/** Starts one on a free port, with its files in `dir`. */
export const startRedis = async (dir: string): Promise<Redis> => {
  const port = await freePort()
  const settings = { port, bind: '127.0.0.1', dir, save: '', appendonly: 'yes', appendfsync: 'always' }
  const redis = start(['redis-server', ...Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)])])
  await redis.prints(/Ready to accept connections/)
  return { port, pid: redis.pid, stop: redis.stop }
}
