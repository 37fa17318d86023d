import { allowWith, anyJson, decideWith, definePlugin, type Log, refuse, string, struct, verdicts } from '@callboard/core'
import { manualClock } from '@callboard/testing'
import { expect } from 'chai'
import { start, stopAll } from '../test-dispatcher.ts'

// Mistakes of authors of decisions who write JavaScript, where no compiler checks types.

const command = 'Group.Before'
const spec = { command, title: 'X', body: struct({ GroupId: string }), sample: { GroupId: 'g' } }
const before = verdicts({ reply: struct({}, { Extra: anyJson }), codes: [10100, 10200], fallback: 'refuse' })
const plugin = definePlugin({ ...spec, before })
const throwing = (thrown: unknown) => () => {
  throw thrown
}

/** Answers one callback that this function decides. */
const decide = async (run: unknown, change: object = {}) => {
  const lines: Readonly<Record<string, unknown>>[] = []
  const keep: Log['info'] = (fields) => lines.push(fields)
  const clock = manualClock()
  const { post, journal } = await start({
    plugins: [plugin],
    ...(run !== undefined && { decisions: [Reflect.apply(decideWith, undefined, [plugin, run])] }),
    log: { info: keep, warn: keep, error: keep },
    clock,
    ...change,
  })
  const answering = post({ GroupId: 'g' }, command)
  await clock.advance(1_600)
  const { status, body } = await answering
  const { events } = await journal.find({ limit: 1, order: 'newest' })
  return { status, answer: JSON.parse(body), decision: events[0]?.decision, line: lines[0] }
}

const noVerdicts: readonly (readonly [name: string, run: unknown, error: RegExp])[] = [
  ['throws', throwing(new Error('boom')), /^boom$/],
  ['rejects', async () => Promise.reject(new Error('boom')), /^boom$/],
  ['returns nothing', () => undefined, /^a decision returned nothing; expected allow, allowWith/],
  ['returns null', () => null, /^a decision returned null;/],
  ['returns true', () => true, /^a decision returned a boolean;/],
  ['returns a text', () => 'allow', /^a decision returned a text;/],
  ['returns the function `refuse`', () => refuse, /^a decision returned a function;/],
  ['returns an answer of the vendor', () => ({ ActionStatus: 'OK', ErrorCode: 0 }), /^a decision returned an object;/],
  ['returns an unknown verdict', () => ({ verdict: 'maybe' }), /^a decision returned an object;/],
]

describe('a decision that', () => {
  afterEach(stopAll)

  for (const [name, run, error] of noVerdicts) {
    it(`${name} is answered with the fallback in time, and the log names its command`, async () => {
      const { status, answer, decision, line } = await decide(run)
      expect(status).to.equal(200)
      expect(answer).to.deep.equal({ ActionStatus: 'OK', ErrorInfo: '', ErrorCode: 1 })
      expect(decision).to.include({ by: 'fallback' })
      expect(decision?.warning).to.equal(`decision failed: ${line?.err instanceof Error ? line.err.message : ''}`)
      expect(line).to.include({ fault: 'DecideFailed', command })
      expect(line?.err).to.have.property('message').that.match(error)
    })
  }

  for (const [thrown, reason] of [
    [undefined, 'undefined'],
    [null, 'null'],
    ['boom', 'boom'],
    [Object.create(null), 'an object'],
  ] as const) {
    it(`throws ${reason} is answered with the fallback`, async () => {
      const { answer, decision } = await decide(throwing(thrown))
      expect(answer).to.include({ ErrorCode: 1 })
      expect(decision).to.include({ by: 'fallback', warning: `decision failed: ${reason}` })
    })
  }

  it('never ends is answered with the fallback', async () => {
    const { answer, decision } = await decide(() => new Promise(() => {}))
    expect(answer).to.include({ ErrorCode: 1 })
    expect(decision).to.include({ by: 'fallback', warning: 'decision timed out' })
  })

  for (const [code, sent] of [
    ['10100', 1],
    [10_100.5, 1],
    [Number.NaN, 1],
    [{}, 1],
    [99, 1],
    [10_150, 10_150],
  ] as const) {
    it(`refuses with the code ${JSON.stringify(code)} is answered with ${sent}`, async () => {
      expect((await decide(() => Reflect.apply(refuse, undefined, [code]))).answer).to.include({ ErrorCode: sent, ErrorInfo: '' })
    })
  }

  for (const text of [7, 1n, { toString: () => 'x' }, Symbol('x')]) {
    it(`refuses with a text that is a ${typeof text} is answered without it, with a warning`, async () => {
      const { status, answer, decision } = await decide(() => Reflect.apply(refuse, undefined, [10_100, text]))
      expect(status).to.equal(200)
      expect(answer).to.include({ ErrorCode: 10_100, ErrorInfo: '' })
      expect(decision?.warning).to.match(/^the text of the refusal is an? \w+ and was left out$/i)
    })
  }

  it('adds a BigInt or a Date to the answer has sent digits or the ISO text', async () => {
    const { answer } = await decide(() => allowWith({ Extra: [1n, new Date(0)] }))
    expect(answer).to.deep.include({ ErrorCode: 0, Extra: ['1', '1970-01-01T00:00:00.000Z'] })
  })

  it('adds a field that JSON cannot carry is answered without the fields, with a warning', async () => {
    for (const Extra of [new Map(), () => {}, Number.NaN]) {
      const { status, answer, decision } = await decide(() => allowWith({ Extra }))
      expect(status).to.equal(200)
      expect(answer).to.deep.equal({ ActionStatus: 'OK', ErrorInfo: '', ErrorCode: 0 })
      expect(decision?.warning).to.equal('the fields of the reply are invalid and were left out')
    }
  })
})

describe('a before-callback without a decision whose plugin fails to word the answer', () => {
  afterEach(stopAll)

  it('is stored and answered with the plain fallback', async () => {
    const failing = definePlugin({ ...spec, before: verdicts({ reply: struct({}), allow: throwing(new Error('boom')) }) })
    const { status, answer, decision } = await decide(undefined, { plugins: [failing] })
    expect(status).to.equal(200)
    expect(answer).to.deep.equal({ ActionStatus: 'OK', ErrorInfo: '', ErrorCode: 0 })
    expect(decision).to.include({ by: 'fallback', warning: 'decision failed: boom' })
  })
})
