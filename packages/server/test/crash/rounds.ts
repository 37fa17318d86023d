import { type Client, createClient } from './client.ts'
import { type Random, randomFrom } from './random.ts'
import { createStage, type Stage } from './stage.ts'
import { brokenPromises, copiesIn, repeatsIn } from './verify.ts'

/** What a run of rounds comes to. */
export interface Ledger {
  readonly seed: number
  readonly rounds: number
  /** Different callbacks. */
  readonly sent: number
  /** Of those, answered OK before their server was killed. */
  readonly answeredOk: number
  /** Sent once more after a kill, because nobody had answered. */
  readonly repeated: number
  readonly stored: number
  /** Copies at the webhook and in the file that are the first of their event. */
  readonly delivered: number
  /** Copies beyond those. */
  readonly duplicates: number
  /** What was promised and did not hold, with the round after which that was seen. */
  readonly broken: readonly string[]
}

/** The ledger on one line. */
export const lineOf = ({ seed, rounds, sent, answeredOk, repeated, stored, delivered, duplicates, broken }: Ledger): string =>
  `seed ${seed}: ${rounds} rounds, ${sent} sent, ${answeredOk} answered OK, ${repeated} sent again, ${stored} stored, ` +
  `${delivered} delivered to two sinks, ${duplicates} duplicates, ${broken.length} broken promises`

type Moment = (random: Random) => {
  /** What the round is called. */
  readonly name: string
  readonly failpoints?: string
  /** Kill from outside after so many answers that were OK. */
  readonly afterOks?: number
  /** Kill from outside when the webhook has accepted so many. */
  readonly afterDeliveries?: number
}

// A kill from outside comes at any moment; a failpoint comes where a moment is shortest.
const moments: readonly Moment[] = [
  (random) => {
    const afterOks = random.whole(1, 400)
    return { name: `after ${afterOks} answers`, afterOks }
  },
  (random) => {
    const afterDeliveries = random.whole(1, 200)
    const failpoints = `append:before-commit:${random.whole(1, 3)}=error,append:after-commit:${random.whole(1, 3)}=error`
    return { name: `after ${afterDeliveries} deliveries, and after appends that failed`, afterDeliveries, failpoints }
  },
  ...['append:before-commit', 'append:after-commit', 'settle:before', 'settle:after'].map(
    (place): Moment =>
      (random) => {
        const failpoint = `${place}:${random.whole(1, 12)}=kill`
        return { name: `at ${failpoint}`, failpoints: failpoint }
      },
  ),
]

const MOST_OKS = 5_000

const crash = async (stage: Stage, client: Client, random: Random, moment: Moment): Promise<string> => {
  const { name, failpoints, afterOks = MOST_OKS, afterDeliveries } = moment(random)
  const server = await stage.start(failpoints)
  const kill = () => server.child.kill('SIGKILL')
  stage.onDelivered((number) => number === afterDeliveries && kill())
  await client.load(server.url, {
    connections: random.whole(4, 32),
    keys: random.whole(1, 16),
    answered: (oks) => oks < afterOks || !kill(),
  })
  const { err } = await server.ended
  stage.onDelivered(() => {})
  if (afterOks === MOST_OKS && server.child.signalCode !== 'SIGKILL') throw new Error(`it ended by itself ${name}: ${err}`)
  return name
}

/** Starts the program again, sends what nobody has answered once more, and lets it deliver everything. */
const recover = async (stage: Stage, client: Client): Promise<number> => {
  const server = await stage.start()
  const repeated = await client.repeat(server.url)
  await stage.drained()
  server.child.kill('SIGKILL')
  await server.ended
  return repeated
}

/** Kills the real program in each round, and looks after each whether its promises hold. `say` is told how it goes. */
export const runRounds = async (rounds: number, seed: number, say: (line: string) => void = () => {}): Promise<Ledger> => {
  const random = randomFrom(seed)
  const stage = await createStage({ refuseOneIn: 7 })
  const client = createClient()
  const broken: string[] = []
  let repeated = 0
  try {
    for (let round = 0; round < rounds; round++) {
      const moment = moments[round % moments.length]
      if (!moment) break
      const name = await crash(stage, client, random, moment)
      repeated += await recover(stage, client)
      const evidence = await stage.evidence(client.promised)
      const problems = brokenPromises(evidence)
      broken.push(...problems.map((problem) => `round ${round + 1}, killed ${name}: ${problem}`))
      say(`round ${round + 1}, killed ${name}: ${evidence.kept.length} stored so far, ${problems.length} broken promises`)
    }
    const { kept, hooked, filed } = await stage.evidence(client.promised)
    const lines = copiesIn(filed).filter((line) => line !== undefined)
    const duplicates = repeatsIn(hooked) + repeatsIn(lines)
    return {
      seed,
      rounds,
      sent: client.sent().length,
      answeredOk: client.promised.size - repeated,
      repeated,
      stored: kept.length,
      delivered: hooked.length + lines.length - duplicates,
      duplicates,
      broken,
    }
  } finally {
    await stage.close()
  }
}
