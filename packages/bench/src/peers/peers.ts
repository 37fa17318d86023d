import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { TOKEN } from '../load/bodies.ts'
import { type Build, THIS_BUILD } from '../process/build.ts'
import { type Child, moduleCommand, startChild } from '../process/child-process.ts'
import type { Core } from '../process/pin.ts'
import { startProgram } from '../process/program.ts'
import { createWorkDirectory, FILE_SINK } from '../process/work-directory.ts'
import { startRedis } from './redis.ts'

/** A running server. */
export interface RunningServer {
  readonly url: string
  /** The server expects each body to be signed as GitHub does. */
  readonly hubSecret?: string
  /** All its processes. */
  readonly pids: readonly number[]
  /** Called after the warm-up. */
  readonly afterWarmUp?: () => void
  readonly stop: () => Promise<unknown>
}

/** A server that the bench measures. */
export interface Peer {
  readonly name: string
  /** Compared with Callboard: the same work, less of it, or the limit of what is possible. */
  readonly work: 'same' | 'less' | 'limit'
  /** The work of the server before its answer, and afterwards. */
  readonly does: string
  /** `dir`: a directory for its files. */
  readonly start: (dir: string) => Promise<RunningServer>
}

const startServer = async (child: Child, more: Partial<RunningServer> = {}): Promise<RunningServer> => {
  const [, url = ''] = await child.outputMatch(/listening: (\S+)/)
  return { url, pids: [child.pid], stop: child.stop, ...more }
}
const startModule = (name: string, argument?: unknown, core: Core = 0): Child =>
  startChild(moduleCommand(core, `./servers/${name}.js`, import.meta.url, argument))

/** Starts the program in a working directory. */
export const startCallboard = async (work: string, build: Build = THIS_BUILD): Promise<RunningServer> => {
  const { callbackUrl, pid, stop } = await startProgram(work, { build })
  return { url: callbackUrl, pids: [pid], stop }
}

const callboard = (journal: 'memory' | 'sqlite', build: Build) => async (dir: string) =>
  startCallboard(await createWorkDirectory(dir, { journal, sinks: { only: FILE_SINK } }), build)

const startQueue = (withWorker: boolean) => async (dir: string) => {
  const own = await mkdtemp(join(dir, 'redis-'))
  const redis = await startRedis(own)
  const { port } = redis
  const server = await startServer(startModule(withWorker ? 'bullmq-signed' : 'bullmq', { port }, withWorker ? 'any' : 0))
  const worker = withWorker ? startModule('bullmq-worker', { port, file: join(own, 'callbacks.jsonl') }, 'any') : undefined
  await worker?.outputMatch(/ready/)
  return {
    url: server.url,
    pids: [...server.pids, ...(worker ? [worker.pid] : []), redis.pid],
    stop: async () => {
      await server.stop()
      await worker?.stop()
      await redis.stop()
    },
  }
}

const startByHand = async (dir: string): Promise<RunningServer> => {
  const child = startModule('by-hand', { dir: await mkdtemp(join(dir, 'by-hand-')) }, 'any')
  return startServer(child, { afterWarmUp: () => process.kill(child.pid, 'SIGUSR2') })
}

export const KOA: Peer = { name: 'koa', work: 'less', does: 'nothing is read', start: () => startServer(startModule('koa')) }
export const KOA_BODYPARSER: Peer = {
  name: 'koa + koa-bodyparser',
  work: 'less',
  does: 'parsed; nothing stored',
  start: () => startServer(startModule('koa-bodyparser')),
}
/** Returns a build as a peer, with its memory journal. */
export const memoryPeerOf = (build: Build): Peer => ({
  name: `${build.name}, memory journal`,
  work: 'less',
  does: 'verified, validated; nothing stored; delivered to a file, synced, in order per key',
  start: callboard('memory', build),
})
/** Returns a build as a peer, with its SQLite journal. */
export const peerOf = (build: Build): Peer => ({
  name: build.name,
  work: 'same',
  does: 'verified, validated, stored and synced, duplicates found; delivered to a file, synced, in order per key',
  start: callboard('sqlite', build),
})
export const CALLBOARD: Peer = peerOf(THIS_BUILD)
export const BY_HAND: Peer = {
  name: 'koa + SQLite by hand',
  work: 'same',
  does: 'verified, validated (io-ts), stored and synced, duplicates found; appended to a file, not synced, no retry',
  start: startByHand,
}
export const BULLMQ_WORKER: Peer = {
  name: 'fastify + BullMQ + worker',
  work: 'same',
  does: 'verified, validated, queued in Redis and synced; a worker appends to a file, not synced, no order',
  start: startQueue(true),
}
export const BULLMQ: Peer = {
  name: 'fastify + BullMQ',
  work: 'less',
  does: 'validated, queued in Redis and synced; nobody takes the jobs',
  start: startQueue(false),
}
export const IDEAL: Peer = {
  name: 'ideal',
  work: 'limit',
  does: 'verified, validated, one write and sync per batch, duplicates found; a file, synced; no recovery, search or retry',
  start: async (dir) => startServer(startModule('ideal', { dir: await mkdtemp(join(dir, 'ideal-')) }, 'any')),
}

/** The servers that do the same work, koa + koa-bodyparser, and the limit. */
export const MAIN_PEERS: readonly Peer[] = [KOA_BODYPARSER, BY_HAND, BULLMQ_WORKER, CALLBOARD, IDEAL]

/** The peers that need Redis. */
export const REDIS_PEERS: readonly Peer[] = [BULLMQ, BULLMQ_WORKER]

/** All peers, those that do least first. */
export const ALL_PEERS: readonly Peer[] = [
  { name: 'node:http', work: 'less', does: 'parsed; nothing stored', start: () => startServer(startModule('node-http')) },
  KOA,
  KOA_BODYPARSER,
  {
    name: 'fastify 5, JSON schema',
    work: 'less',
    does: 'parsed, validated; nothing stored',
    start: () => startServer(startModule('fastify')),
  },
  {
    name: '@octokit/webhooks',
    work: 'less',
    does: 'verified (HMAC of the body), parsed, dispatched; nothing stored',
    start: () => startServer(startModule('octokit-webhooks', { secret: TOKEN }), { hubSecret: TOKEN }),
  },
  BULLMQ,
  memoryPeerOf(THIS_BUILD),
  BY_HAND,
  BULLMQ_WORKER,
  CALLBOARD,
  IDEAL,
]
