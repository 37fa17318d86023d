import { spawnSync } from 'node:child_process'
import { createServer } from 'node:net'
import { startChild } from '../process/child-process.ts'

/** A Redis server that syncs each write before it answers. */
export interface Redis {
  readonly port: number
  readonly pid: number
  readonly stop: () => Promise<void>
}

/** Returns whether the command `redis-server` exists. */
export const hasRedis = (): boolean => spawnSync('redis-server', ['--version']).status === 0

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' ? (address?.port ?? 0) : 0))
    })
  })

/** Starts Redis on a free port, with its files in `dir`. */
export const startRedis = async (dir: string): Promise<Redis> => {
  const port = await freePort()
  const settings = { port, bind: '127.0.0.1', dir, save: '', appendonly: 'yes', appendfsync: 'always' }
  const redis = startChild(['redis-server', ...Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)])])
  await redis.outputMatch(/Ready to accept connections/)
  return { port, pid: redis.pid, stop: redis.stop }
}
