import { definePlugin, type Log, string, struct } from '@callboard/core'
import { expect } from 'chai'
import * as t from 'io-ts'
import { start, stopAll } from '../test-dispatcher.ts'

const command = 'Group.X'
const spec = { command, title: 'X', body: struct({ GroupId: string }), sample: { GroupId: 'g' } }

const throwing = (thrown: unknown) => () => {
  throw thrown
}
const thenable = {
  // biome-ignore lint/suspicious/noThenProperty: a promise of another library
  then: (_: unknown, reject: (error: unknown) => void) => reject(new Error('late')),
}
const revoked = (): object => {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

/** Calls back for one event, as from JavaScript, where nobody checks types. */
const decodeWith = (given: object) => Reflect.apply(definePlugin, undefined, [{ ...spec, ...given }])

/** What a function of a plugin does, and the end of the reason. */
const mistakes: readonly (readonly [name: string, run: () => unknown, reason: RegExp])[] = [
  ['is async', async () => 'g', /returned a Promise; it must return its result at once$/],
  ['returns a promise that rejects', () => Promise.reject(new Error('late')), /returned a Promise/],
  ['returns the promise of another library', () => thenable, /returned a Promise/],
  ['throws an error', throwing(new TypeError('secret of the body')), /threw TypeError \(.*body-fields\.test\.ts:\d+:\d+\)$/],
  ['throws a text', throwing('secret of the body'), /threw a text$/],
  ['throws nothing', throwing(undefined), /threw nothing$/],
  ['throws a value that cannot be read', throwing(revoked()), /threw an? (object|error)$/],
]
const noTexts: typeof mistakes = [
  ['returns a number', () => 144115198, /returned a number; expected a text or undefined$/],
  ['returns null', () => null, /returned null; expected a text or undefined$/],
  ['returns a BigInt', () => 1n, /returned a BigInt/],
  ['returns a symbol', () => Symbol('g'), /returned a symbol/],
  ['returns a list', () => ['g'], /returned a list/],
  ['returns an object', () => ({ toString: () => 'g' }), /returned an object/],
  ['returns a function', () => () => 'g', /returned a function/],
  ['returns a Date', () => new Date(0), /returned a Date/],
  ['returns a value that cannot be read', revoked, /returned an object/],
  ['returns a long text', () => 'g'.repeat(10_000_000), /returned a text of 10000000 characters; expected at most 500$/],
]
const noNumbers: typeof mistakes = [
  ['returns a text', () => '1670574414123', /returned a text; expected milliseconds or undefined$/],
  ['returns a Date', () => new Date(0), /returned a Date/],
  ['returns null', () => null, /returned null/],
]

/** Runs `work` and returns the number of promises that nobody handled. */
const countUnhandled = async (work: () => Promise<unknown>): Promise<number> => {
  let unhandled = 0
  const count = () => {
    unhandled += 1
  }
  const others = process.listeners('unhandledRejection')
  process.removeAllListeners('unhandledRejection')
  process.on('unhandledRejection', count)
  try {
    await work()
    // Node reports unhandled rejections after the microtasks.
    await new Promise((resolve) => setImmediate(resolve))
  } finally {
    process.off('unhandledRejection', count)
    for (const other of others) process.on('unhandledRejection', other)
  }
  return unhandled
}

for (const [field, cases] of [
  ['key', [...mistakes, ...noTexts]],
  ['eventTime', [...mistakes, ...noNumbers]],
] as const) {
  describe(`a plugin whose \`${field}\``, () => {
    afterEach(stopAll)

    for (const [name, run, reason] of cases) {
      it(`${name}: the event is quarantined at once, the reason names the plugin, and one line warns [F18] [F50]`, async () => {
        const lines: { readonly level: string; readonly fields: Readonly<Record<string, unknown>> }[] = []
        const write =
          (level: string): Log['info'] =>
          (fields) =>
            lines.push({ level, fields })
        const log = { info: write('info'), warn: write('warn'), error: write('error') }
        const unhandled = await countUnhandled(async () => {
          const { post, journal } = await start({ plugins: [decodeWith({ [field]: run })], log })
          const answer = await post({ GroupId: 'secret of the body' }, command)
          expect(answer.status).to.equal(200)
          expect(JSON.parse(answer.body)).to.include({ ActionStatus: 'OK', ErrorCode: 0 })
          const { events } = await journal.find({ limit: 10, order: 'oldest' })
          expect(events).to.have.length(1)
          expect(events[0]).to.include({ status: 'quarantined' })
        })
        expect(unhandled).to.equal(0)
        expect(lines).to.have.length(1)
        expect(lines[0]?.level).to.equal('warn')
        expect(lines[0]?.fields).to.include({ fault: 'InvalidBody', command })
        const [why, ...others] = [lines[0]?.fields.reasons].flat()
        expect(others).to.deep.equal([])
        expect(why)
          .to.match(new RegExp(`^${field} of plugin Group\\.X `))
          .and.match(reason)
          .and.not.match(/secret/)
      })
    }
  })
}

describe('the key of a body', () => {
  const keyOf = (key: () => unknown) => {
    const decoded = decodeWith({ key }).decode({ GroupId: 'g' })
    expect(decoded).not.to.have.property('reasons')
    return decoded.key
  }

  it('is absent when the plugin returns undefined or an empty text, as a sender may leave a field empty', () => {
    expect(keyOf(() => undefined)).to.equal(undefined)
    expect(keyOf(() => '')).to.equal(undefined)
  })

  it('has replacement characters instead of lone surrogates, which no journal can store', () => {
    expect(keyOf(() => 'a\ud800b')).to.equal('a\ufffdb')
    expect(keyOf(() => '\u{1f600}')).to.equal('\u{1f600}')
  })

  it('has up to 500 characters', () => {
    expect(keyOf(() => 'g'.repeat(500))).to.have.length(500)
  })
})

describe('a plugin whose codec', () => {
  const codecs: readonly (readonly [name: string, validate: (value: unknown) => unknown, reason: RegExp])[] = [
    [
      'throws',
      throwing(new RangeError('secret of the body')),
      /^body of plugin Group\.X threw RangeError \(.*body-fields\.test\.ts:\d+:\d+\)$/,
    ],
    ['is async', async () => t.success({}), /^body of plugin Group\.X returned a Promise/],
    [
      'returns no result of io-ts',
      () => ({ success: true }),
      /^body of plugin Group\.X returned an object; expected the result of an io-ts codec$/,
    ],
    ['returns nothing', () => undefined, /^body of plugin Group\.X returned nothing; expected the result of an io-ts codec$/],
  ]
  for (const [name, decode, reason] of codecs) {
    it(`${name} refuses the body with a reason that names the plugin [F50]`, () => {
      const codec = { name: 'mine', decode, is: () => true, encode: (value: unknown) => value }
      const decoded = decodeWith({ body: codec }).decode({ GroupId: 'g' })
      expect(decoded).to.have.property('reasons').with.length(1)
      expect(decoded.reasons[0]).to.match(reason)
    })
  }
})
