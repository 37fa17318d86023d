import { interleaved } from '../rounds.ts'
import type { Contestant, Running } from './contestants.ts'
import { type Round, type RoundLoad, roundOf } from './round.ts'

/** A server with what it is loaded with. */
export interface Loaded extends Pick<Contestant, 'name' | 'start'> {
  readonly load: RoundLoad
}

// Until then the compiler has done most of its work.
const WARM_UP_SECONDS = 6

/** Loads all servers in turns; gives the rounds of each. */
export const compare = async (
  servers: readonly Loaded[],
  rounds: number,
  dir: string,
  progress: (text: string) => void,
): Promise<readonly (readonly Round[])[]> => {
  const running: Running[] = []
  try {
    for (const { name, load, start } of servers) {
      progress(`${name}: starting and warming up`)
      const server = await start(dir)
      running.push(server)
      await roundOf(server, { ...load, seconds: WARM_UP_SECONDS })
    }
    return await interleaved([...servers.entries()], rounds, async ([place, { name, load }], round) => {
      progress(`round ${round + 1} of ${rounds}: ${name}`)
      const server = running[place]
      if (!server) throw new Error(`${name} does not run`)
      return roundOf(server, load)
    })
  } finally {
    await Promise.all(running.map((server) => server.stop()))
  }
}
