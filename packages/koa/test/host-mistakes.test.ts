import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { ConfigError, type Log } from '@callboard/core'
import { type CallboardOptions, createCallboard } from '@callboard/koa'
import { groupDestroyed } from '@callboard/plugin-group-destroyed'
import { send } from '@callboard/testing'
import { expect } from 'chai'
import Koa from 'koa'

// As from JavaScript, where nobody checks types.

const options: CallboardOptions = { apps: [{ sdkAppId: 1, tokens: ['T'] }], plugins: [groupDestroyed], sinks: {}, routes: {} }
const create = (given: unknown): ReturnType<typeof createCallboard> => Reflect.apply(createCallboard, undefined, [given])
const rejection = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  )

/** Sends one callback to an app of this host. Resolves with the answer and the errors in the log. */
const callbackWith = async (
  change: object,
  mount = (app: Koa, callboard: Awaited<ReturnType<typeof create>>) => app.use(callboard.middleware()),
) => {
  const errors: unknown[] = []
  const log: Log = { info: () => {}, warn: () => {}, error: ({ err }) => errors.push(err) }
  const callboard = await create({ ...options, log, ...change })
  const app = new Koa()
  app.on('error', (error: unknown) => errors.push(error))
  mount(app, callboard)
  const server = app.listen(0, '127.0.0.1')
  try {
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const { sample, command } = groupDestroyed
    return { ...(await send({ to: `http://127.0.0.1:${port}/`, app: 1, token: 'T', command, body: sample })), errors }
  } finally {
    server.close()
    await callboard.stop()
  }
}

describe('createCallboard without types', () => {
  it('lists everything that is missing', async () => {
    const error = await rejection(create(undefined))
    expect(error).to.be.instanceOf(ConfigError)
    expect(String(error).split('\n')).to.deep.equal([
      'ConfigError: options: expected an object, got nothing',
      'apps: expected a list of apps, got nothing',
      'plugins: expected a list of plugins, got nothing',
      'sinks: expected an object with the sinks by name, got nothing',
      'routes: expected an object with a list of sink names for each command, got nothing',
    ])
  })

  it('refuses an `admit` that is no function', async () => {
    const error = await rejection(create({ ...options, admit: ['127.0.0.1'] }))
    expect(String(error)).to.equal('ConfigError: admit: expected a function that tells whether a peer may send callbacks, got a list')
  })

  for (const [name, admit, status] of [
    ['returns true', () => true, 200],
    ['returns a text', () => 'yes', 200],
    ['returns false', () => false, 403],
    ['returns nothing', () => undefined, 403],
  ] as const) {
    it(`answers ${status} when \`admit\` ${name}`, async () => {
      expect(await callbackWith({ admit })).to.include({ status })
    })
  }

  for (const [name, admit, message] of [
    ['throws', () => Reflect.apply(Reflect.get, undefined, [7]), /non-object/],
    ['is async', async () => false, /^admit returned a Promise; expected true or false$/],
    ['rejects', () => Promise.reject(new Error('late')), /^admit returned a Promise; expected true or false$/],
  ] as const) {
    it(`answers 503 in the vendor’s shape and logs the error when \`admit\` ${name}`, async () => {
      const { status, json, errors } = await callbackWith({ admit })
      expect(status).to.equal(503)
      expect(json).to.deep.equal({ ActionStatus: 'FAIL', ErrorInfo: 'internal error', ErrorCode: 503 })
      expect(errors).to.have.length(1)
      expect(errors[0]).to.have.property('message').that.match(message)
    })
  }

  it('says how to mount a middleware that was not called', async () => {
    const { status, errors } = await callbackWith({}, (app, { middleware }) => Reflect.apply(app.use, app, [middleware]))
    expect(status).to.equal(500)
    expect(String(errors[0])).to.contain('app.use(callboard.middleware())')
  })
})
