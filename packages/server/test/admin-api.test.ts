import { definePlugin, giveUp, type Journal, JournalError, memory, type Options, struct } from '@callboard/core'
import { groupDestroyed } from '@callboard/plugin-group-destroyed'
import { type ManualClock, manualClock, send } from '@callboard/testing'
import { expect } from 'chai'
import * as t from 'io-ts'
import { type RunningServer, startServer } from '../src/http/server.ts'
import { stopOnManualClock } from './stop-on-manual-clock.ts'

// The admin API of a running server, on a manual clock.

const APP = 1400000000
const DAY = 86_400_000
const JSON_TYPE = { 'content-type': 'application/json' }

/** A plugin whose GroupId must be text. */
const destroyed = definePlugin({
  command: groupDestroyed.command,
  title: 'Group disbanded',
  body: struct({ GroupId: t.string }),
  key: ({ GroupId }) => GroupId,
  sample: { GroupId: 'sample' },
})

describe('the admin API of a running server', () => {
  let served: RunningServer
  let clock: ManualClock
  let told: { readonly fields: Readonly<Record<string, unknown>>; readonly message: string }[]
  let failing: 'dead' | 'later' | undefined
  let got: string[]

  const run = async (change: Partial<Options> & { readonly journal?: Journal; readonly token?: string } = {}) => {
    clock = manualClock()
    told = []
    got = []
    failing = 'dead'
    const { journal = memory({ clock }), token, ...options } = change
    const note = (fields: Readonly<Record<string, unknown>>, message: string) => told.push({ fields, message })
    served = await startServer(
      {
        settings: {
          listen: { host: '127.0.0.1', port: 0, path: '/callback' },
          admin: { host: '127.0.0.1', port: 0, ...(token !== undefined && { token }) },
        },
        apps: [{ sdkAppId: APP, verify: 'none' }],
        plugins: [destroyed],
        sinks: {
          crm: ({ id }) => {
            if (failing === 'dead') throw giveUp('answered 422')
            if (failing === 'later') throw new Error('answered 503')
            got.push(id)
          },
        },
        routes: { '*': ['crm'] },
        clock,
        ...options,
      },
      { journal, log: { info: note, warn: note, error: note } },
    )
    return journal
  }
  afterEach(async () => {
    await stopOnManualClock(served, clock)
  })

  const receive = async (...groups: readonly unknown[]) => {
    for (const GroupId of groups) {
      await send({ to: served.callbackUrl, app: APP, command: destroyed.command, body: { GroupId } })
      await served.callboard.idle()
    }
  }
  const ask = async (path: string, body?: unknown, headers: Readonly<Record<string, string>> = JSON_TYPE) => {
    const response = await fetch(`${served.adminUrl}/v1/${path}`, {
      ...(body !== undefined && { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) }),
      headers,
    })
    return { status: response.status, json: JSON.parse(await response.text()) }
  }

  it('replays dead deliveries in pages, and logs who asked [F34]', async () => {
    await run()
    await receive('a', 'b', 'c')
    failing = undefined
    const asked = { sink: 'crm', limit: 2, by: 'ann' }
    expect(await ask('dead/replay', { ...asked, dryRun: true })).to.deep.include({ status: 200 })
    expect(got).to.deep.equal([])
    expect(told.filter(({ fields }) => fields.by === 'ann')).to.deep.equal([])

    const first = await ask('dead/replay', asked)
    expect(first.json).to.include({ changed: 2, busy: 0, more: true })
    expect((await ask('dead/replay', { ...asked, cursor: first.json.next })).json).to.deep.equal({ changed: 1, busy: 0, more: false })
    await served.callboard.idle()
    expect(got).to.have.length(3)
    expect((await ask('dead/replay', asked)).json).to.include({ changed: 0 })
    expect(told.filter(({ fields }) => fields.by === 'ann').map(({ fields }) => fields.changed)).to.deep.equal([2, 1])
  })

  it('replays only the deliveries that the filter matches', async () => {
    await run()
    await receive('a', 'b')
    failing = undefined
    const changed = async (filter: object) => (await ask('dead/replay', { sink: 'crm', dryRun: true, ...filter })).json.changed
    expect(await changed({ key: 'a' })).to.equal(1)
    expect(await changed({ reason: '422' })).to.equal(2)
    expect(await changed({ reason: '503' })).to.equal(0)
    expect(await changed({ app: 1 })).to.equal(0)
    expect(await changed({ since: clock.now() + 1 })).to.equal(0)
    expect(await changed({ ids: ['no such id'] })).to.equal(0)
  })

  it('discards a delivery, stores who did it and when, and keeps the last error', async () => {
    const journal = await run()
    await receive('a')
    expect((await ask('dead/discard', { sink: 'crm', by: 'ann@desk' })).json).to.include({ changed: 1 })
    const [event] = (await journal.find({ limit: 1, order: 'newest' })).events
    const discarded = { by: 'ann@desk', at: Date.UTC(2026, 0, 1) }
    expect(event?.deliveries[0]).to.deep.include({ state: 'discarded', error: 'answered 422', discarded })
    expect(told).to.deep.include({ fields: { sink: 'crm', by: 'ann@desk', changed: 1 }, message: 'deliveries discarded' })
  })

  it('discards pending deliveries only of a sink that is no longer configured [F35]', async () => {
    const journal = { ...memory(), close: async () => {} }
    await journal.append([
      { id: 'held', app: APP, command: 'X', status: 'unknown', receivedAt: 0, query: {}, raw: new Uint8Array([123, 125]), sinks: ['old'] },
    ])
    await run({ journal })
    const { json } = await ask('sinks')
    expect(json.sinks.map(({ name, health, pending }: Record<string, unknown>) => [name, health, pending])).to.deep.equal([
      ['crm', 'healthy', 0],
      ['old', 'unconfigured', 1],
    ])
    expect(await ask('dead/discard', { sink: 'crm', pending: true })).to.deep.include({ status: 409 })
    const replay = await ask('dead/replay', { sink: 'old' })
    expect(replay.status).to.equal(409)
    expect(replay.json.error).to.contain('no longer names the sink old')
    expect((await ask('dead/discard', { sink: 'old' })).json).to.include({ changed: 0 })
    expect((await ask('dead/discard', { sink: 'old', pending: true })).json).to.include({ changed: 1 })
  })

  it('reprocesses quarantined events that today’s plugins decode, and counts the others', async () => {
    const clockOf = manualClock()
    const journal = { ...memory({ clock: clockOf }), close: async () => {} }
    const quarantined = (id: string, GroupId: unknown) => ({
      id,
      app: APP,
      command: destroyed.command,
      status: 'quarantined' as const,
      receivedAt: 0,
      query: {},
      raw: new TextEncoder().encode(JSON.stringify({ GroupId })),
      reasons: ['GroupId: expected string'],
      sinks: [],
    })
    await journal.append([quarantined('fits', 'a'), quarantined('fits not', 7)])
    await run({ journal })
    failing = undefined
    expect((await ask('dead/reprocess', { dryRun: true })).json).to.deep.equal({ changed: 1, refused: 1, more: false })
    expect(got).to.deep.equal([])
    expect((await ask('dead/reprocess', {})).json).to.deep.equal({ changed: 1, refused: 1, more: false })
    await served.callboard.idle()
    expect(got).to.deep.equal(['fits'])
    expect((await ask('dead/reprocess', {})).json).to.deep.equal({ changed: 0, refused: 1, more: false })
  })

  it('lists the keys that wait behind a failed delivery, resumes a sink, and tests a sink', async () => {
    await run()
    failing = 'later'
    await receive('a', 'a', 'b', 'c', 'd', 'e')
    const { json } = await ask('sinks')
    expect(json.sinks[0]).to.deep.include({
      name: 'crm',
      kind: '',
      health: 'open',
      reason: 'answered 503',
      pending: 6,
      delayed: 5,
      dead: 0,
      oldestPending: '2026-01-01T00:00:00.000Z',
    })
    expect(json.sinks[0].blocked.find(({ key }: { key: string }) => key === 'a')).to.deep.include({
      attempts: 1,
      waitingBehind: 1,
      error: 'answered 503',
    })

    expect((await ask('sinks/crm/test', {})).json).to.include({ outcome: 'retry', error: 'answered 503', command: destroyed.command })
    failing = undefined
    expect((await ask('sinks/crm/test', { command: destroyed.command })).json).to.include({ outcome: 'delivered' })
    expect((await ask('sinks/crm/test', { command: 'No.Such' })).json).to.deep.equal({ error: 'no plugin declares No.Such' })
    expect((await ask('sinks/crm/resume', {})).json).to.deep.equal({ resumed: 'crm' })
    expect((await ask('sinks')).json.sinks[0].health).not.to.equal('open')
  })

  it('answers a misspelt sink name with 404 and the names of all sinks', async () => {
    await run()
    for (const path of ['sinks/crn/resume', 'sinks/crn/test', 'dead/replay', 'dead/discard'])
      expect(await ask(path, path.startsWith('dead') ? { sink: 'crn' } : {})).to.deep.equal({
        status: 404,
        json: { error: 'unknown sink "crn", did you mean "crm"? (configured: crm)' },
      })
  })

  it('removes events by itself after the configured retention', async () => {
    await run({ retention: { delivered: '1d' } })
    failing = undefined
    await receive('a')
    await clock.advance(2 * DAY)
    expect((await ask('journal')).json).to.include({ events: 0 })
  })

  it('prunes by the configured retention, or by the retention in the request', async () => {
    const wait = manualClock()
    await run({ journal: memory({ clock: wait, dedupeWindow: 0 }), retention: { delivered: '30s' } })
    failing = undefined
    await receive('a')
    await wait.advance(20_000)
    expect((await ask('journal/prune', {})).json).to.deep.equal({ events: 0, more: false })
    expect((await ask('journal')).json).to.deep.include({ durability: 'memory', events: 1 })
    expect((await ask('journal/prune', { delivered: '10s', by: 'ann' })).json).to.deep.equal({ events: 1, more: false })
    expect((await ask('journal')).json).to.include({ events: 0 })
    expect(told).to.deep.include({ fields: { by: 'ann', events: 1 }, message: 'old events pruned' })
    await receive('b')
    await wait.advance(31_000)
    expect((await ask('journal/prune', {})).json).to.deep.equal({ events: 1, more: false })
  })

  const refused: readonly (readonly [
    what: string,
    body: unknown,
    headers: Readonly<Record<string, string>>,
    status: number,
    error: RegExp,
  ])[] = [
    ['a form', { sink: 'crm' }, { 'content-type': 'text/plain' }, 415, /send JSON/],
    ['a page elsewhere', { sink: 'crm' }, { ...JSON_TYPE, origin: 'http://evil.example' }, 403, /other web pages/],
    ['a page without an origin', { sink: 'crm' }, { ...JSON_TYPE, origin: 'null' }, 403, /other web pages/],
    ['a page, as the browser says', { sink: 'crm' }, { ...JSON_TYPE, 'sec-fetch-site': 'cross-site' }, 403, /other web pages/],
    ['what is no JSON', '{', JSON_TYPE, 400, /not JSON/],
    ['no sink', {}, JSON_TYPE, 400, /^sink: expected text that is not empty/],
    ['an unknown key', { sink: 'crm', snk: 1 }, JSON_TYPE, 400, /^snk: unknown key$/],
    ['too many at once', { sink: 'crm', limit: 1_001 }, JSON_TYPE, 400, /^limit: expected a whole number from 1 to 1000$/],
    ['far too long a body', `{"sink":"crm","by":"${'x'.repeat(8_000_000)}"}`, JSON_TYPE, 413, /larger than/],
  ]
  for (const [what, body, headers, status, error] of refused) {
    it(`changes nothing for ${what}: ${status} [F75]`, async () => {
      await run()
      await receive('a')
      const answer = await ask('dead/discard', body, headers)
      expect(answer.status).to.equal(status)
      expect(answer.json.error).to.match(error)
      expect((await ask('sinks')).json.sinks[0]).to.include({ dead: 1 })
    })
  }

  it('accepts writes from pages of its own origin', async () => {
    await run()
    const headers = { ...JSON_TYPE, origin: served.adminUrl, 'sec-fetch-site': 'same-origin' }
    expect((await ask('dead/replay', { sink: 'crm' }, headers)).status).to.equal(200)
  })

  it('requires the configured token on loopback, too [F74]', async () => {
    await run({ token: 'key' })
    expect((await ask('dead/replay', { sink: 'crm' })).status).to.equal(401)
    expect((await ask('sinks')).status).to.equal(401)
    expect((await ask('sinks', undefined, { authorization: 'Bearer key' })).status).to.equal(200)
  })

  it('answers 503 with the journal’s error when the journal fails', async () => {
    await run({ journal: { ...memory(), stats: () => Promise.reject(new JournalError('down', 'the disk is gone')) } })
    expect(await ask('sinks')).to.deep.equal({ status: 503, json: { error: 'the journal failed (down): the disk is gone' } })
  })
})
