import { definePlugin, list, millis, type Plugin, strictStruct, struct, taggedUnion } from '@callboard/core'
import { describePlugin } from '@callboard/testing'
import { expect } from 'chai'
import * as t from 'io-ts'
import { failingTestsOf } from './failing-tests.ts'

const command = 'Group.CallbackAfterSomething'
// The sample has no Role, so the suite must skip the test without it.
const Member = struct({ Member_Account: t.string }, { Role: t.string })
const sample = { GroupId: '@TGS#1', MemberList: [{ Member_Account: 'a' }], EventTime: '1670574414123' }
const right = definePlugin({
  command,
  title: 'Something',
  body: struct({ GroupId: t.string }, { MemberList: list(Member), EventTime: millis }),
  key: (body) => body.GroupId,
  sample,
  hooks: { log: ({ body }) => body.GroupId, webhook: ({ body }) => body },
})

const message = definePlugin({
  command,
  title: 'x',
  body: struct({}, { MsgBody: list(taggedUnion('MsgType', 'MsgContent', { TIMTextElem: struct({}) })) }),
  sample: { MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: {} }] },
})

describePlugin(right)
describePlugin(message)

describe('the conformance suite of plugins', () => {
  const leaksValue = new t.Type<string, string, unknown>(
    'a text',
    t.string.is,
    (value, context) => (typeof value === 'string' ? t.success(value) : t.failure(value, context, `${JSON.stringify(value)} is wrong`)),
    t.identity,
  )
  const wrong: Readonly<Record<string, readonly [Plugin, RegExp]>> = {
    'a sample that it refuses': [{ ...right, sample: { CallbackCommand: command } }, /its own sample/],
    'a sample of another command': [{ ...right, sample: { ...right.sample, CallbackCommand: 'Other' } }, /its own sample/],
    'no title': [{ ...right, title: ' ' }, /title/],
    'a closed struct': [
      definePlugin({
        command,
        title: 'x',
        body: strictStruct({ CallbackCommand: t.string, GroupId: t.string }),
        sample: { CallbackCommand: command, GroupId: '1' },
      }),
      /unknown fields/,
    ],
    'a codec that strips': [{ ...right, decode: () => ({ body: { GroupId: '1' }, payloadFor: () => 'x' }) }, /unknown fields/],
    'an optional field that it needs': [
      {
        ...right,
        decode: (body) =>
          typeof body === 'object' && body !== null && 'EventTime' in body ? right.decode(body) : { reasons: ['EventTime: expected x'] },
      },
      /optional/,
    ],
    'a reason that contains a value': [
      definePlugin({ command, title: 'x', body: struct({ GroupId: leaksValue }), sample: { GroupId: '1' } }),
      /wrong type/,
    ],
    'an unbounded list': [
      definePlugin({
        command,
        title: 'x',
        body: struct({ MemberList: t.array(Member) }),
        sample: { MemberList: [{ Member_Account: 'a' }] },
      }),
      /is bounded/,
    ],
    'a record': [
      definePlugin({ command, title: 'x', body: struct({ Map: t.record(t.string, t.string) }), sample: { Map: {} } }),
      /is bounded/,
    ],
    'a key that is no text': [
      // @ts-expect-error as from JavaScript
      definePlugin({ command, title: 'x', body: struct({ GroupId: t.string }), sample: { GroupId: '1' }, key: () => 7 }),
      /a key/,
    ],
    'a hook that throws': [
      definePlugin({
        command,
        title: 'x',
        body: struct({ GroupId: t.string }),
        sample: { GroupId: '1' },
        hooks: {
          log: () => {
            throw new Error('x')
          },
        },
      }),
      /returns JSON/,
    ],
    'an element without its tag': [{ ...message, decode: (body) => ({ body, payloadFor: () => 'x' }) }, /without a required field/],
    'a body that is anything': [definePlugin({ command, title: 'x', body: t.unknown, sample: {} }), /not an object/],
  }
  for (const [what, [plugin, sentence]] of Object.entries(wrong)) {
    it(`catches ${what}`, async () => {
      expect((await failingTestsOf(() => describePlugin(plugin))).join('\n')).to.match(sentence)
    })
  }

  it('catches a hook that returns a value that is not JSON', async () => {
    const decoded = right.decode(right.sample)
    for (const payload of [new Date(), new Map(), Number.NaN, () => 1, { deep: [Symbol('x')] }, 1n, undefined]) {
      const plugin: Plugin = {
        ...right,
        decode: (body) => ('reasons' in right.decode(body) ? right.decode(body) : { ...decoded, body, payloadFor: () => payload }),
      }
      expect((await failingTestsOf(() => describePlugin(plugin))).join('\n'), typeof payload).to.match(/returns JSON/)
    }
  })
})

describe('describePlugin without types', () => {
  it('names what it was given instead of a plugin', () => {
    for (const [given, what] of [
      [undefined, 'nothing'],
      [{ command }, 'an object'],
    ])
      expect(() => Reflect.apply(describePlugin, undefined, [given])).to.throw(
        TypeError,
        `describePlugin: expected a plugin, made with definePlugin, got ${what}`,
      )
  })
})
