import type { Peer } from '../peers/peers.ts'
import { ALL_PEERS, KOA_BODYPARSER, MAIN_PEERS, memoryPeerOf, peerOf, REDIS_PEERS } from '../peers/peers.ts'
import { hasRedis } from '../peers/redis.ts'
import { THIS_BUILD } from '../process/build.ts'
import type { Section } from '../section.ts'
import { httpVerdicts } from './goals.ts'
import { LOADS, type LoadName, type NamedLoad } from './loads.ts'
import { measureInTurns, startWarm, type WarmServer } from './measure.ts'
import type { Round } from './round.ts'
import { httpTable, isDisturbed } from './table.ts'

const MAX_REPEATS = 1

/**
 * Measures a load in turns, and again if koa + koa-bodyparser moved by more than a quarter between two rounds. It needs no disk, so that only
 * other programs on the machine can move it.
 */
const measureUndisturbed = async (
  servers: readonly WarmServer[],
  { name, load }: NamedLoad,
  rounds: number,
  progress: (text: string) => void,
): Promise<readonly (readonly Round[])[]> => {
  const reference = servers.findIndex((server) => server.name === KOA_BODYPARSER.name)
  for (let repeats = 0; ; repeats += 1) {
    progress(name)
    const results = await measureInTurns(
      servers.map((server) => ({ server, load })),
      rounds,
      () => {},
    )
    if (repeats === MAX_REPEATS || !isDisturbed(results[reference] ?? [])) return results
    progress(`${name}: disturbed, measuring again`)
  }
}

const loadNames = (): readonly LoadName[] => Object.keys(LOADS).filter((name): name is LoadName => Object.hasOwn(LOADS, name))

/** Measures the whole program and its peers over HTTP. */
export const measureHttp: Section = async ({ rounds, builds, dir, progress }) => {
  const without = hasRedis() ? [] : REDIS_PEERS
  const earlier = builds.filter((build) => build !== THIS_BUILD)
  const earlierPeers = earlier.map(peerOf)
  const peers = [...ALL_PEERS.filter((peer) => !without.includes(peer)), ...earlier.map(memoryPeerOf), ...earlierPeers]
  const lines = [
    '## Callbacks over HTTP',
    '',
    'CPU is that of all threads and processes of a server, Redis included, until nothing is left to deliver. It is the leading figure, because',
    'other programs on the machine disturb it least. Median (minimum–maximum) of the rounds. All servers run and are warm before the first round,',
    'and the bench loads them in turns. *disturbed*: the CPU of the row moved by more than a quarter between rounds. † the load generator was at',
    'its limit. ‡ the server did not keep up with an open loop.',
    '',
    '| server | what it has done when it answers; what it does afterwards |',
    '|---|---|',
    ...peers.map(({ name, does }) => `| ${name} | ${does} |`),
    '',
    ...(without.length > 0 ? ['There is no redis-server here, so the peers with BullMQ are missing.', ''] : []),
  ]
  const { servers, stop } = await startWarm(peers, dir, progress)
  try {
    for (const loadName of loadNames()) {
      const named: NamedLoad = LOADS[loadName]
      const measured: readonly Peer[] = peers.filter((peer) => named.all || MAIN_PEERS.includes(peer) || earlierPeers.includes(peer))
      const warm = measured.flatMap(({ name }) => servers.filter((server) => server.name === name))
      const results = await measureUndisturbed(warm, named, rounds, progress)
      const table = httpTable(measured.map((peer, index) => ({ peer, rounds: results[index] ?? [] })))
      const verdicts = httpVerdicts(loadName, (peer) => results[measured.indexOf(peer)])
      lines.push(`### ${named.name}, ${rounds} rounds`, '', ...table, '', ...verdicts, '')
    }
  } finally {
    await stop()
  }
  return lines
}
