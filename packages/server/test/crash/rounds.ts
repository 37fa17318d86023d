import { brokenPromises, copiesIn, repeatsIn } from './broken-promises.ts'
import { createLoadClient, type LoadClient } from './load-client.ts'
import { type Random, randomFrom } from './random.ts'
import { createTestbed, type Testbed } from './testbed.ts'

/** The figures of a crash run. */
export interface CrashReport {
  readonly seed: number
  readonly rounds: number
  /** The number of different callbacks. */
  readonly sent: number
  /** Callbacks that were answered OK before the kill. */
  readonly answeredOk: number
  /** Callbacks that were sent again after the kill, because they had no answer. */
  readonly resent: number
  readonly stored: number
  /** First copies of an event at the webhook and in the file. */
  readonly delivered: number
  /** Further copies. */
  readonly duplicates: number
  /** The broken promises, each with its round. */
  readonly broken: readonly string[]
}

/** Formats the report as one line. */
export const formatReport = ({ seed, rounds, sent, answeredOk, resent, stored, delivered, duplicates, broken }: CrashReport): string =>
  `seed ${seed}: ${rounds} rounds, ${sent} sent, ${answeredOk} answered OK, ${resent} sent again, ${stored} stored, ` +
  `${delivered} delivered to two sinks, ${duplicates} duplicates, ${broken.length} broken promises`

type KillMoment = (random: Random) => {
  /** The name of the round. */
  readonly name: string
  readonly failpoints?: string
  /** Kill after this number of OK answers. */
  readonly afterOks?: number
  /** Kill after this number of deliveries to the webhook. */
  readonly afterDeliveries?: number
}

// A kill by signal comes at any moment. A failpoint kills at moments that are too short for a signal.
const moments: readonly KillMoment[] = [
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
    (place): KillMoment =>
      (random) => {
        const failpoint = `${place}:${random.whole(1, 12)}=kill`
        return { name: `at ${failpoint}`, failpoints: failpoint }
      },
  ),
]

const MAX_OKS = 5_000

const crash = async (testbed: Testbed, client: LoadClient, random: Random, moment: KillMoment): Promise<string> => {
  const { name, failpoints, afterOks = MAX_OKS, afterDeliveries } = moment(random)
  const server = await testbed.start(failpoints)
  const kill = () => server.child.kill('SIGKILL')
  testbed.onDelivered((number) => number === afterDeliveries && kill())
  await client.load(server.url, {
    connections: random.whole(4, 32),
    keys: random.whole(1, 16),
    answered: (oks) => oks < afterOks || !kill(),
  })
  const { err } = await server.ended
  testbed.onDelivered(() => {})
  if (afterOks === MAX_OKS && server.child.signalCode !== 'SIGKILL') throw new Error(`the program ended by itself ${name}: ${err}`)
  return name
}

/** Starts the program again, resends unanswered callbacks, and waits until everything is delivered. */
const recover = async (testbed: Testbed, client: LoadClient): Promise<number> => {
  const server = await testbed.start()
  const resent = await client.resend(server.url)
  await testbed.drained()
  await server.stop()
  return resent
}

/** Kills the built program in each round, and checks its promises after each. `say` gets a line per round. */
export const runRounds = async (rounds: number, seed: number, say: (line: string) => void = () => {}): Promise<CrashReport> => {
  const random = randomFrom(seed)
  const testbed = await createTestbed({ refuseOneIn: 7 })
  const client = createLoadClient()
  const broken: string[] = []
  let repeated = 0
  try {
    for (let round = 0; round < rounds; round++) {
      const moment = moments[round % moments.length]
      if (!moment) break
      const name = await crash(testbed, client, random, moment)
      repeated += await recover(testbed, client)
      const evidence = await testbed.evidence(client.acknowledged)
      const problems = brokenPromises(evidence)
      broken.push(...problems.map((problem) => `round ${round + 1}, killed ${name}: ${problem}`))
      say(`round ${round + 1}, killed ${name}: ${evidence.stored.length} stored so far, ${problems.length} broken promises`)
    }
    const { stored, atWebhook, inFile } = await testbed.evidence(client.acknowledged)
    const lines = copiesIn(inFile).filter((line) => line !== undefined)
    const duplicates = repeatsIn(atWebhook) + repeatsIn(lines)
    return {
      seed,
      rounds,
      sent: client.sent().length,
      answeredOk: client.acknowledged.size - repeated,
      resent: repeated,
      stored: stored.length,
      delivered: atWebhook.length + lines.length - duplicates,
      duplicates,
      broken,
    }
  } finally {
    await testbed.close()
  }
}
