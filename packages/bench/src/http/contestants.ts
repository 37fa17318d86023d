import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { TOKEN } from '../callback-body.ts'
import { FILE_SINK, place } from '../configuration.ts'
import { startProgram } from '../program.ts'
import { moduleOn, start } from '../spawned.ts'
import { startRedis } from './redis.ts'

/** A server that is running. */
export interface Running {
  readonly url: string
  /** It wants each body signed as GitHub does. */
  readonly hubSecret?: string
  readonly pids: readonly number[]
  readonly stop: () => Promise<unknown>
}

/** A row of the table. */
export interface Contestant {
  readonly name: string
  /** What has happened to a callback by the time it is answered. */
  readonly durability: string
  /** `dir`: for its files. */
  readonly start: (dir: string) => Promise<Running>
}

/** The program in a directory with a configuration. */
export const runningProgram = async (own: string): Promise<Running> => {
  const { callbackUrl, pid, stop } = await startProgram(own)
  return { url: callbackUrl, pids: [pid], stop }
}

const module = async (name: string, argument?: unknown): Promise<Running> => {
  const server = start(moduleOn(0, `./servers/${name}.js`, import.meta.url, argument))
  const [, url = ''] = await server.prints(/listening: (\S+)/)
  return { url, pids: [server.pid], stop: server.stop }
}

/** Not pinned: its journal is a second thread. */
const callboard = (journal: 'memory' | 'sqlite') => async (dir: string) =>
  runningProgram(await place(dir, { journal, sinks: { only: FILE_SINK } }))

const octokit = async (): Promise<Running> => ({ ...(await module('octokit-webhooks', { secret: TOKEN })), hubSecret: TOKEN })

export const KOA = 'koa'
export const KOA_BODYPARSER = 'koa + koa-bodyparser'
export const CALLBOARD_MEMORY = 'Callboard, memory journal'
export const CALLBOARD_SQLITE = 'Callboard, SQLite journal'
export const BULLMQ = 'fastify + BullMQ, Redis'

export const contestants: readonly Contestant[] = [
  { name: 'node:http', durability: 'none; parsed', start: () => module('node-http') },
  { name: KOA, durability: 'none; not read', start: () => module('koa') },
  { name: KOA_BODYPARSER, durability: 'none; parsed', start: () => module('koa-bodyparser') },
  { name: 'fastify 5, JSON schema', durability: 'none; parsed, validated', start: () => module('fastify') },
  { name: '@octokit/webhooks', durability: 'none; verified (HMAC of the body), parsed, dispatched', start: octokit },
  { name: CALLBOARD_MEMORY, durability: 'none; verified, validated, delivered to a file', start: callboard('memory') },
  { name: CALLBOARD_SQLITE, durability: 'disk, synced; verified, validated, delivered to a file', start: callboard('sqlite') },
]

/** The same job as most people would do it with a queue. */
export const bullmq: Contestant = {
  name: BULLMQ,
  durability: 'disk, synced (appendfsync always); parsed, validated, not delivered',
  start: async (dir) => {
    const redis = await startRedis(await mkdtemp(join(dir, 'redis-')))
    const server = await module('bullmq', { port: redis.port })
    return {
      url: server.url,
      pids: [...server.pids, redis.pid],
      stop: async () => {
        await server.stop()
        await redis.stop()
      },
    }
  },
}
