import { join } from 'node:path'
import { openReader } from '@callboard/journal'
import { expect } from 'chai'
import { brokenPromises, copiesIn, type ReceivedCopy } from './crash/broken-promises.ts'
import { createLoadClient, type LoadClient } from './crash/load-client.ts'
import { createTestbed, type Testbed } from './crash/testbed.ts'
import { linesOf } from './program.ts'

// The crash test kills at random moments. This one shows what follows from each moment.

describe('the built program, killed at one moment', () => {
  let stage: Testbed
  let client: LoadClient
  beforeEach(async () => {
    stage = await createTestbed()
    client = createLoadClient()
  })
  afterEach(() => stage.close())

  /** Sends callbacks until the failpoint kills the program. */
  const killedAt = async (failpoint: string, connections: number) => {
    const server = await stage.start(`${failpoint}=kill`)
    await client.load(server.url, { connections, keys: 4 })
    await server.ended
    expect(server.child.signalCode).to.equal('SIGKILL')
  }
  /** Starts the program again, sends unanswered callbacks again, and waits until everything is delivered. */
  const recovered = async () => {
    const server = await stage.start()
    const resent = await client.resend(server.url)
    await stage.drained()
    const events = linesOf((await server.callboard('events', 'list', '--json', '--limit', '1000')).out)
    await server.stop('SIGTERM')
    const evidence = await stage.evidence(client.acknowledged)
    expect(brokenPromises(evidence)).to.deep.equal([])
    return { resent, duplicates: events.map((event): number => event.duplicates), evidence }
  }

  it('after a commit and before its answer: stores the event once, and answers its repeat as a duplicate [F02]', async () => {
    await killedAt('append:after-commit:1', 1)
    expect(client.acknowledged.size).to.equal(0)
    const { resent, duplicates, evidence } = await recovered()
    expect(resent).to.equal(1)
    expect(duplicates).to.deep.equal([1])
    expect(evidence.atWebhook).to.have.length(1)
  })

  it('after a sink took an event and before the journal stored it: delivers the event again with the same id [F03] [F31]', async () => {
    await killedAt('settle:before:1', 1)
    const { evidence } = await recovered()
    const [first] = evidence.stored
    const copiesOfFirst = (copies: readonly (ReceivedCopy | undefined)[]) => copies.filter((copy) => copy?.id === first?.id).length
    // The settlement that was lost is one of these two.
    expect(Math.max(copiesOfFirst(evidence.atWebhook), copiesOfFirst(copiesIn(evidence.inFile)))).to.equal(2)
  })

  it('inside a batch: stores no event of it, and has answered none of them OK [F04]', async () => {
    await killedAt('append:before-commit:2', 32)
    const reader = openReader(join(stage.dir, 'data/callboard.db'))
    const stored = reader.find({ limit: 1_000, order: 'oldest', raw: true }).events.map(({ raw = [] }) => String(Buffer.from(raw)))
    reader.close()
    const lost = client.sent().filter((serial) => !stored.some((body) => body.includes(`"Serial":${serial},`)))
    expect(lost.length).to.be.above(1)
    expect(lost.filter((serial) => client.acknowledged.has(serial))).to.deep.equal([])
    // The first batch has at most the callbacks that were in flight, and nothing of the second one is beside it.
    expect(stored.length).to.be.below(32)
    expect((await recovered()).evidence.stored).to.have.length(client.sent().length)
  })
})
