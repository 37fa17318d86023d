import type { Part } from '../run.ts'
import { compare } from './compare.ts'
import { bullmq, type Contestant, contestants } from './contestants.ts'
import { hasRedis, redisAnswers } from './redis.ts'
import type { RoundLoad } from './round.ts'
import { httpTable } from './table.ts'

const SECONDS = 3

interface Load extends RoundLoad {
  readonly rounds: number
}

const loads = (rounds: number, long: boolean): readonly Load[] => {
  const few = Math.min(rounds, 3)
  const usual: Load = { members: 3, connections: 64, rounds, seconds: SECONDS }
  return long
    ? [
        usual,
        { ...usual, connections: 16, rounds: few },
        { ...usual, connections: 256, rounds: few },
        { ...usual, members: 2_000, rounds: few },
      ]
    : [usual]
}

const withQueue = async (long: boolean): Promise<{ readonly servers: readonly Contestant[]; readonly notice: readonly string[] }> => {
  if (!long && !(await redisAnswers()))
    return { servers: contestants, notice: ['fastify + BullMQ was left out: `--long` includes it.', ''] }
  if (!hasRedis()) return { servers: contestants, notice: ['fastify + BullMQ was left out: there is no redis-server here.', ''] }
  return { servers: [...contestants, bullmq], notice: [] }
}

/** The whole program against servers that do less, over HTTP. */
export const compareHttp: Part = async ({ long, rounds, dir, progress }) => {
  const { servers, notice } = await withQueue(long)
  const lines = [
    '## Callbacks over HTTP',
    '',
    `Closed loop; ${SECONDS} s a round, one server after the other; median (least–most) of the rounds; the ratio is taken round by round.`,
    'CPU is that of all threads, and of Redis, until nothing was left to deliver. † the load generator was at its limit.',
    '',
    ...notice,
  ]
  for (const load of loads(rounds, long)) {
    const loaded = servers.map(({ name, start }) => ({ name, start, load }))
    progress(`${load.connections} connections, ${load.members} members`)
    lines.push(`### ${load.connections} connections, ${load.members} members, ${load.rounds} rounds`, '')
    lines.push(...httpTable(servers, await compare(loaded, load.rounds, dir, progress)), '')
  }
  return lines
}
