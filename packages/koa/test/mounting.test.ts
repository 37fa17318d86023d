import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Journal, memory } from '@callboard/core'
import { type Callboard, createCallboard } from '@callboard/koa'
import { groupDestroyed } from '@callboard/plugin-group-destroyed'
import { type Answered, send } from '@callboard/testing'
import { expect } from 'chai'
import Koa, { type Middleware } from 'koa'
import bodyParser from 'koa-bodyparser'

const APP = 1400000000
const TOKEN = 'secret'
const OK = '{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}'
const body = JSON.stringify(groupDestroyed.sample)

/** A Koa app with what the host has before Callboard, answering on a free port. */
const host = async (before: readonly Middleware[], mount: (app: Koa, callboard: Callboard) => void) => {
  const journal: Journal = memory()
  const callboard = await createCallboard({
    apps: [{ sdkAppId: APP, tokens: [TOKEN] }],
    plugins: [groupDestroyed],
    sinks: {},
    routes: {},
    journal,
  })
  const app = new Koa()
  for (const each of before) app.use(each)
  mount(app, callboard)
  const server = createServer(app.callback())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    post: (headers: Record<string, string> = {}, path = '/callback'): Promise<Answered> =>
      send({
        to: `http://127.0.0.1:${port}${path}`,
        app: APP,
        token: TOKEN,
        command: groupDestroyed.command,
        body: Buffer.from(body),
        headers,
      }),
    found: async () => (await journal.find({ limit: 10, order: 'oldest', raw: true })).events,
    close: async () => {
      await new Promise((resolve) => server.close(resolve))
      await callboard.stop()
    },
  }
}

const router = (app: Koa, callboard: Callboard): void => {
  app.use(callboard.router('/callback').routes())
}
const text: Middleware = async (ctx, next) => {
  const chunks: Buffer[] = []
  for await (const chunk of ctx.req) chunks.push(chunk)
  Object.assign(ctx.request, { body: Buffer.concat(chunks).toString() })
  await next()
}
const object: Middleware = (ctx, next) =>
  text(ctx, async () => {
    Object.assign(ctx.request, { body: JSON.parse(String(Reflect.get(ctx.request, 'body'))) })
    await next()
  })

describe('mounting', () => {
  const ways: readonly (readonly [string, readonly Middleware[], boolean])[] = [
    ['no parser', [], false],
    ['koa-bodyparser before it', [bodyParser()], false],
    ['a parser that leaves text', [text], false],
    ['a parser that leaves an object', [object], true],
  ]
  for (const [what, before, rebuilt] of ways) {
    for (const [type, headers] of [
      ['application/json', {}],
      ['no Content-Type', { 'content-type': '' }],
    ] as const) {
      it(`works with ${what}, with ${type}`, async () => {
        const app = await host(before, router)
        const answer = await app.post(headers)
        const [event] = await app.found()
        await app.close()
        expect(answer).to.include({ status: 200, text: OK })
        expect(JSON.parse(Buffer.from(event?.raw ?? []).toString())).to.deep.equal(JSON.parse(body))
        expect(event?.rebuilt ?? false).to.equal(rebuilt)
        if (!rebuilt) expect(Buffer.from(event?.raw ?? []).toString()).to.equal(body)
      })
    }
  }

  it('works as a middleware on any path', async () => {
    const app = await host([], (koa, callboard) => void koa.use(callboard.middleware()))
    expect(await app.post({}, '/anywhere')).to.include({ status: 200, text: OK })
    await app.close()
  })

  it('leaves other paths to the host', async () => {
    const app = await host([], router)
    expect(await app.post({}, '/elsewhere')).to.include({ status: 404, text: 'Not Found' })
    await app.close()
  })

  it('says where to mount it when something before it ate the body', async () => {
    const eat: Middleware = async (ctx, next) => {
      for await (const _ of ctx.req);
      await next()
    }
    const app = await host([eat], router)
    const answer = await app.post()
    await app.close()
    expect(answer.status).to.equal(400)
    expect(answer.text).to.contain('mount_before_the_body_parser')
  })
})
