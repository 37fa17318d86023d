import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import { signatureOf } from '@callboard/core'
import { groupDestroyed } from '@callboard/plugin-group-destroyed'
import { expect } from 'chai'
import { bodyWith, TOKEN } from '../src/callback-body.ts'
import type { Blast, Blasted } from '../src/http/blast.ts'
import { moduleOn, start } from '../src/spawned.ts'

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

const blast = async (load: Partial<Blast> & { readonly to: string }): Promise<Blasted> => {
  const whole: Blast = { members: 3, connections: 4, seconds: 0.2, from: 0, ...load }
  return JSON.parse(await start(moduleOn(-1, '../dist/http/blast.js', import.meta.url, whole)).output)
}

const textOf = async (req: IncomingMessage): Promise<string> => Buffer.concat(await req.toArray()).toString()

describe('the load generator of the bench', () => {
  it('sends signed, valid callbacks that all differ', async () => {
    const got: { readonly url: string; readonly text: string }[] = []
    const { to, close } = await serving(async (req, res) => {
      got.push({ url: req.url ?? '', text: await textOf(req) })
      res.end(OK)
    })
    const { answered } = await blast({ to })
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

  it('signs each body as GitHub does where it has a hub secret', async () => {
    const got: { readonly signature: unknown; readonly text: string }[] = []
    const { to, close } = await serving(async (req, res) => {
      got.push({ signature: req.headers['x-hub-signature-256'], text: await textOf(req) })
      res.end(OK)
    })
    await blast({ to, hubSecret: 'hub' })
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
    const failed = await blast({ to, seconds: 30 }).then(
      () => 'no',
      (error: Error) => error.message,
    )
    close()
    expect(failed).to.contain('ended with 1')
  })

  it('fails where no answer comes', async () => {
    const { to, close } = await serving(() => {})
    const failed = await blast({ to, silence: 0.2 }).then(
      () => 'no',
      (error: Error) => error.message,
    )
    close()
    expect(failed).to.contain('ended with 1')
  })

  it('sends bodies of one length, with the requested number of members', () => {
    const body = bodyWith(2_000)
    expect(new Set([0, 1, 999, 1_000, 12_345_678].map((n) => body(n).length)).size).to.equal(1)
    expect(JSON.parse(body(7)))
      .to.have.property('MemberList')
      .with.length(2_000)
  })
})
