import type { Load } from '../load/load.ts'
import type { Peer, RunningServer } from '../peers/peers.ts'
import { interleave } from '../report/interleave.ts'
import { type Round, runRound } from './round.ts'

/** A server that runs and is warm. */
export interface WarmServer {
  readonly name: string
  readonly server: RunningServer
}

/** Compiling takes some 50 000 callbacks. A warm-up by time would warm a slow server less than a fast one. */
const WARM_UP: Load = { loop: 'closed', connections: 64, count: 60_000, members: 3 }

/** Starts servers one after the other, and warms up each of them by the same number of callbacks. */
export const startWarm = async (
  peers: readonly Pick<Peer, 'name' | 'start'>[],
  dir: string,
  progress: (text: string) => void,
  warmUp: Load = WARM_UP,
): Promise<{ readonly servers: readonly WarmServer[]; readonly stop: () => Promise<void> }> => {
  const servers: WarmServer[] = []
  const stop = async () => {
    await Promise.all(servers.map(({ server }) => server.stop()))
  }
  try {
    for (const { name, start } of peers) {
      progress(`starting ${name}`)
      const server = await start(dir)
      servers.push({ name, server })
      await runRound(server, warmUp)
      server.afterWarmUp?.()
    }
    return { servers, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Loads the servers in turns, each with its own load. Returns the rounds of each. */
export const measureInTurns = (
  loaded: readonly { readonly server: WarmServer; readonly load: Load }[],
  rounds: number,
  progress: (text: string) => void,
): Promise<readonly (readonly Round[])[]> =>
  interleave(loaded, rounds, ({ server: { name, server }, load }, round) => {
    progress(`round ${round + 1} of ${rounds}: ${name}`)
    return runRound(server, load)
  })
