import { expect } from 'chai'
import type { SinkStatus } from '../../src/admin/admin-api.ts'
import { formatSink } from '../../src/cli/sinks/list.ts'
import { createProgressLine } from '../../src/util/progress-line.ts'

const NOW = Date.UTC(2026, 0, 1, 12)
const sink: SinkStatus = {
  name: 'crm',
  kind: 'webhook',
  health: 'healthy',
  pending: 0,
  delayed: 0,
  inFlight: 0,
  delivered: 9,
  dead: 0,
  discarded: 0,
  oldestPending: null,
  blocked: [],
}

describe('a sink as text', () => {
  it('is one line while it is healthy', () => {
    expect(formatSink(sink, NOW)).to.deep.equal(['crm  webhook  healthy  pending 0  delayed 0  in flight 0  dead 0'])
  })

  it('names the error and the pause of an open sink, and each blocked key', () => {
    const blocked = [
      {
        app: 1,
        key: 'g',
        id: 'e',
        command: 'A',
        attempts: 2,
        dueAt: new Date(NOW + 90_000).toISOString(),
        error: 'answered 503',
        waitingBehind: 4,
      },
    ]
    const resting = { ...sink, health: 'open', reason: 'answered 503', retryInMs: 30_000, pending: 5, delayed: 1 } as const
    expect(formatSink({ ...resting, oldestPending: new Date(NOW - 3_660_000).toISOString(), blocked }, NOW)).to.deep.equal([
      'crm  webhook  open, retry in 30s: answered 503  pending 5 (oldest 1h 1m)  delayed 1  in flight 0  dead 0',
      '  blocked key g (app 1): A e, attempt 3 in 1m 30s, 4 more waiting: answered 503',
    ])
  })

  it('says since when and why the sink is paused', () => {
    const paused = { ...sink, health: 'paused', reason: 'the receiver answered 410', pausedSince: '2026-01-01T10:00:00.000Z' } as const
    expect(formatSink(paused, NOW)).to.deep.equal([
      'crm  webhook  paused since 2026-01-01T10:00:00.000Z: the receiver answered 410  pending 0  delayed 0  in flight 0  dead 0',
    ])
  })

  it('says that the sink is no longer configured', () => {
    expect(formatSink({ ...sink, kind: null, health: 'unconfigured', pending: 1 }, NOW)).to.deep.equal([
      'crm  -  unconfigured: pending deliveries wait  pending 1  delayed 0  in flight 0  dead 0',
    ])
  })
})

describe('createProgressLine', () => {
  const written = (isTTY: boolean) => {
    const texts: string[] = []
    const progress = createProgressLine({ isTTY, write: (text: string | Uint8Array) => texts.push(String(text)) > 0 })
    progress.show('half')
    progress.clear()
    return texts
  }

  it('rewrites one line on a terminal, and writes nothing elsewhere', () => {
    expect(written(true)).to.deep.equal(['\rhalf\u001b[K', '\r\u001b[K'])
    expect(written(false)).to.deep.equal([])
  })
})
