import { readFileSync } from 'node:fs'
import { giveUp, type Journal, JournalError, memory, type Options, silentLog, systemClock } from '@callboard/core'
import { groupDestroyed } from '@callboard/plugin-group-destroyed'
import { manualClock, send } from '@callboard/testing'
import { expect } from 'chai'
import { type RunningServer, startServer } from '../src/http/server.ts'
import { closeReasons } from '../src/metrics/closed-connections.ts'

const APP = 1400000000
const NOW = Date.UTC(2026, 0, 1)

describe('/metrics', () => {
  let served: RunningServer | undefined
  const clock = manualClock(NOW)

  /** A server whose wall clock is manual. */
  const run = async (change: Partial<Options> & { readonly journal?: Journal } = {}) => {
    const { journal = memory(), ...options } = change
    served = await startServer(
      {
        settings: { listen: { host: '127.0.0.1', port: 0, path: '/callback' }, admin: { host: '127.0.0.1', port: 0 } },
        apps: [{ sdkAppId: APP, verify: 'none' }],
        plugins: [groupDestroyed],
        sinks: {
          mine: () => {},
          bad: () => {
            throw giveUp('no')
          },
          sick: () => {
            throw new Error('later')
          },
        },
        routes: { '*': ['mine', 'bad', 'sick'] },
        clock: { ...systemClock, now: clock.now },
        ...options,
      },
      { journal, log: silentLog },
    )
    return served
  }
  const post = (over: { readonly app?: number; readonly command?: string; readonly body?: unknown } = {}) =>
    send({ to: served?.callbackUrl ?? '', app: APP, command: groupDestroyed.command, body: groupDestroyed.sample, ...over })
  /** The value of each `callboard_` series. */
  const read = async (): Promise<Readonly<Record<string, number>>> => {
    const text = await (await fetch(`${served?.adminUrl}/metrics`)).text()
    const series = text.split('\n').filter((line) => line.startsWith('callboard_'))
    return Object.fromEntries(series.map((line) => [line.replace(/ \S+$/, ''), Number(line.slice(line.lastIndexOf(' ') + 1))]))
  }

  afterEach(async () => {
    await served?.stop()
  })

  it('counts callbacks by app, command and result, and rejected ones by reason', async () => {
    await run()
    await post()
    await post()
    await post({ app: 1 })
    await post({ command: 'Group.Unheard', body: {} })
    await post({ body: '{' })
    await post({ body: { GroupId: 7 } })
    const seen = await read()
    const command = groupDestroyed.command
    expect(seen).to.include({
      [`callboard_callbacks_received_total{app="${APP}",command="${command}",result="ok"}`]: 2,
      [`callboard_callbacks_received_total{app="${APP}",command="${command}",result="dup"}`]: 1,
      [`callboard_callbacks_received_total{app="${APP}",command="other",result="ok"}`]: 1,
      'callboard_callbacks_received_total{app="other",command="other",result="rejected"}': 2,
      'callboard_callbacks_rejected_total{reason="wrong_app"}': 1,
      'callboard_callbacks_rejected_total{reason="not_json"}': 1,
      'callboard_callbacks_degraded_total{reason="unknown_command"}': 1,
      'callboard_callbacks_degraded_total{reason="invalid_body"}': 1,
      callboard_callback_answer_seconds_count: 6,
      callboard_journal_writable: 1,
      callboard_journal_events: 3,
      'callboard_journal_durability{level="memory"}': 1,
    })
    expect(seen.callboard_journal_commit_seconds_count).to.be.within(1, 4)
  })

  it('shows the state of each sink, and the age of its oldest pending event', async () => {
    const { callboard } = await run()
    await post()
    await callboard.idle()
    clock.jump(90_000)
    expect(await read()).to.include({
      'callboard_attempts_total{sink="mine",outcome="delivered"}': 1,
      'callboard_attempts_total{sink="bad",outcome="dead"}': 1,
      'callboard_attempts_total{sink="sick",outcome="retry"}': 1,
      'callboard_dead{sink="bad"}': 1,
      'callboard_pending{sink="mine"}': 0,
      'callboard_pending{sink="sick"}': 1,
      'callboard_oldest_pending_seconds{sink="mine"}': 0,
      'callboard_oldest_pending_seconds{sink="sick"}': 90,
      'callboard_retry_scheduled{sink="sick"}': 1,
      'callboard_blocked_keys{sink="sick"}': 1,
      'callboard_breaker_state{sink="sick"}': 0,
      'callboard_sink_paused{sink="sick"}': 0,
      'callboard_delivery_latency_seconds_count{sink="mine"}': 1,
    })
  })

  it('adds no series for commands and apps that senders invent [F57]', async () => {
    await run()
    await post()
    const series = async () => Object.keys(await read()).filter((name) => name.startsWith('callboard_callbacks_received')).length
    const before = await series()
    for (let n = 0; n < 50; n += 1) await post({ command: `Made.Up${n}`, body: {}, app: n % 2 === 0 ? APP : n })
    expect((await series()) - before).to.be.at.most(2)
  })

  it('has a row in the README for each reason why a connection was closed', () => {
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
    for (const reason of closeReasons) expect(readme, reason).to.match(new RegExp(`^\\| \`${reason}\` \\| `, 'm'))
  })

  it('leaves out the journal’s metrics while the journal fails', async () => {
    const journal: Journal = { ...memory(), stats: () => Promise.reject(new JournalError('down')) }
    await run({ journal })
    const seen = await read()
    expect(seen).to.include({ callboard_journal_writable: 1 })
    expect(seen).not.to.have.property('callboard_pending{sink="mine"}')
  })
})
