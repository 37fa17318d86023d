import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import { signatureOf } from '@callboard/core'
import { groupBeforeSendMsg } from '@callboard/plugin-chat'
import { groupDestroyed } from '@callboard/plugin-group-destroyed'
import { expect } from 'chai'
import { bodiesOf, TOKEN } from '../src/load/bodies.ts'
import type { GeneratorInput, LoadResult } from '../src/load/load.ts'
import { poissonArrivals } from '../src/load/open-loop.ts'
import { moduleCommand, startChild } from '../src/process/child-process.ts'

const OK = '{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}'

const serving = async (listener: RequestListener) => {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const to = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/callback`
  const close = () => {
    server.closeAllConnections()
    server.close()
  }
  return { to, close }
}

const closed = { loop: 'closed', connections: 4, members: 3, from: 0 } as const
const generate = async (input: GeneratorInput): Promise<LoadResult> =>
  JSON.parse(await startChild(moduleCommand('last', '../dist/load/generator.js', import.meta.url, input)).output)
const failureOf = (input: GeneratorInput): Promise<string> =>
  generate(input).then(
    () => 'no failure',
    (error: Error) => error.message,
  )

const textOf = async (req: IncomingMessage): Promise<string> => Buffer.concat(await req.toArray()).toString()

describe('the load generator of the bench', () => {
  it('sends signed, valid callbacks that all differ', async () => {
    const got: { readonly url: string; readonly text: string }[] = []
    const { to, close } = await serving(async (req, res) => {
      got.push({ url: req.url ?? '', text: await textOf(req) })
      res.end(OK)
    })
    const { answered } = await generate({ ...closed, to, seconds: 0.2 })
    close()
    expect(answered).to.be.greaterThan(4)
    expect(got.length).to.be.at.least(answered)
    expect(new Set(got.map(({ text }) => text)).size).to.equal(got.length)
    for (const { url, text } of got.slice(0, 10)) {
      const query = new URL(url, to).searchParams
      expect(query.get('Sign')).to.equal(signatureOf(TOKEN, query.get('RequestTime') ?? '').toString('hex'))
      expect(groupDestroyed.decode(JSON.parse(text))).not.to.have.property('reasons')
    }
  })

  it('signs each body as GitHub does if it has a hub secret', async () => {
    const got: { readonly signature: unknown; readonly text: string }[] = []
    const { to, close } = await serving(async (req, res) => {
      got.push({ signature: req.headers['x-hub-signature-256'], text: await textOf(req) })
      res.end(OK)
    })
    await generate({ ...closed, to, seconds: 0.2, hubSecret: 'hub' })
    close()
    expect(got).not.to.have.length(0)
    for (const { signature, text } of got.slice(0, 10)) {
      expect(signature).to.equal(`sha256=${createHmac('sha256', 'hub').update(text).digest('hex')}`)
    }
  })

  it('fails on any answer but OK', async () => {
    const { to, close } = await serving((_, res) => {
      res.statusCode = 503
      res.end('{"ActionStatus":"FAIL","ErrorInfo":"overloaded","ErrorCode":503}')
    })
    const failed = await failureOf({ ...closed, to, seconds: 30 })
    close()
    expect(failed).to.contain('ended with 1')
  })

  it('fails if no answer comes', async () => {
    const { to, close } = await serving(() => {})
    const failed = await failureOf({ ...closed, to, seconds: 30, silenceSeconds: 0.2 })
    close()
    expect(failed).to.contain('ended with 1')
  })

  it('ends a closed loop after a number of callbacks', async () => {
    const { to, close } = await serving((_, res) => res.end(OK))
    const { answered } = await generate({ ...closed, to, count: 100 })
    close()
    expect(answered).to.equal(100)
  })

  it('fails if the server closes a connection', async () => {
    const { to, close } = await serving((req) => req.socket.destroy())
    const failed = await failureOf({ ...closed, to, seconds: 30 })
    close()
    expect(failed).to.contain('ended with 1')
  })

  it('sends every arrival of an open loop, also if it found no free connection', async () => {
    const waiting: (() => void)[] = []
    // The first two callbacks are answered after the second one has arrived.
    const { to, close } = await serving((_, res) => {
      waiting.push(() => res.end(OK))
      if (waiting.length >= 2) for (const answer of waiting) answer()
    })
    const { answered, unanswered } = await generate({ to, from: 0, members: 3, loop: 'open', connections: 2, perSecond: 200, seconds: 0.3 })
    close()
    expect({ answered, unanswered }).to.deep.equal({ answered: poissonArrivals(200, 0.3).length, unanswered: 0 })
  })

  it('counts the arrivals of an open loop that a slow server leaves unanswered', async () => {
    const { to, close } = await serving(() => {})
    const result = await generate({ to, from: 0, members: 3, loop: 'open', connections: 2, perSecond: 100, seconds: 0.1 })
    close()
    expect(result).to.include({ answered: 0, unanswered: poissonArrivals(100, 0.1).length })
  })

  it('sends bodies of one length, with the requested number of members', () => {
    const body = bodiesOf({ members: 2_000 })
    expect(new Set([0, 1, 999, 1_000, 12_345_678].map((n) => body(n).length)).size).to.equal(1)
    expect(JSON.parse(body(7)))
      .to.have.property('MemberList')
      .with.length(2_000)
  })

  it('gives one group its share of the callbacks', () => {
    const body = bodiesOf({ members: 3, hotShare: 0.5 })
    const groups = Array.from({ length: 1_000 }, (_, n) => JSON.parse(body(n)).GroupId)
    expect(groups.filter((group) => group === '@TGS#9999')).to.have.length(500)
    expect(new Set(groups).size).to.be.greaterThan(100)
  })

  it('sends before-callbacks that their plugin accepts', () => {
    const body = bodiesOf({ kind: 'before', members: 3 })
    expect(groupBeforeSendMsg.decode(JSON.parse(body(7)))).not.to.have.property('reasons')
    expect(body(7)).not.to.equal(body(8))
  })
})

describe('poissonArrivals', () => {
  it('returns the same ordered arrivals in every run, at about the requested rate', () => {
    const arrivals = poissonArrivals(2_000, 5)
    expect(arrivals).to.deep.equal(poissonArrivals(2_000, 5))
    expect([...arrivals].sort((a, b) => a - b)).to.deep.equal(arrivals)
    expect(arrivals.length).to.be.within(9_500, 10_500)
  })

  it('lets arrivals come in bursts, unlike a steady rate', () => {
    const arrivals = poissonArrivals(1_000, 10)
    const gaps = arrivals.slice(1).map((at, n) => at - (arrivals[n] ?? 0))
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length
    const deviation = Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length)
    expect(deviation / mean).to.be.within(0.9, 1.1)
  })
})
