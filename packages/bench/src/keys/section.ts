import { measureInTurns, startWarm } from '../http/measure.ts'
import type { Round } from '../http/round.ts'
import type { Load } from '../load/load.ts'
import { peerOf } from '../peers/peers.ts'
import { figure, range, spreadOf } from '../report/figures.ts'
import type { Section } from '../section.ts'

const MAX_ROUNDS = 2
const base: Load = { loop: 'closed', connections: 64, seconds: 1, members: 3 }
const LOADS: readonly { readonly name: string; readonly load: Load }[] = [
  { name: '1 000 keys', load: base },
  { name: 'half of the callbacks have one key', load: { ...base, hotShare: 0.5 } },
  { name: 'all callbacks have one key', load: { ...base, hotShare: 1 } },
]

/** Measures the effect of a hot key, whose events are delivered one after the other. */
export const measureKeys: Section = async ({ rounds, builds, dir, progress }) => {
  const { servers, stop } = await startWarm(builds.map(peerOf), dir, progress)
  try {
    progress('hot keys')
    const loaded = servers.flatMap((server) => LOADS.map(({ name, load }) => ({ name, server, load })))
    const results = await measureInTurns(loaded, Math.min(rounds, MAX_ROUNDS), () => {})
    const row = (server: string, name: string, list: readonly Round[]) => {
      const spread = (of: keyof Round) => spreadOf(list.map((round) => round[of]))
      const cells = [range(spread('cpu')), figure(spread('perSecond').median), figure(spread('p99').median), range(spread('finishMs'))]
      return `| ${server} | ${name} | ${cells.join(' | ')} |`
    }
    return [
      '## A hot key',
      '',
      'The events of one key are delivered in order, one in flight. 64 connections in a closed loop, SQLite journal, file sink.',
      '*ms to finish*: from the end of the load until everything is delivered.',
      '',
      '| | keys | CPU µs per callback | callbacks/s | p99 ms | ms to finish |',
      '|---|---|---|---|---|---|',
      ...loaded.map(({ name, server }, index) => row(server.name, name, results[index] ?? [])),
      '',
    ]
  } finally {
    await stop()
  }
}
