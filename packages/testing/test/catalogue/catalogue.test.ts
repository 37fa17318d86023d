import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { definePlugin, type Fields, integer, list, millis, oneOf, type Plugin, struct, verdicts } from '@callboard/core'
import { expect } from 'chai'
import * as t from 'io-ts'
import { deviations } from './deviations.ts'
import { differences, type Known } from './differences.ts'
import { plugins } from './plugins.ts'

// The catalogue lists the documented fields of every callback. These tests compare the codecs with it.

const catalogue: Readonly<Record<string, Known>> = JSON.parse(readFileSync(join(import.meta.dirname, 'catalogue.json'), 'utf8'))
const knownOf = (command: string): Known => catalogue[command] ?? { phase: 'after', fields: {} }
const found = plugins.flatMap((plugin) => differences(plugin, knownOf(plugin.command)))
const textOf = (difference: (typeof found)[number]): string =>
  `${difference.command} ${difference.path} ${difference.what}`.replace('  ', ' ')
const covers = (deviation: (typeof deviations)[number], difference: (typeof found)[number]): boolean =>
  (deviation.command === '*' || deviation.command === difference.command) &&
  deviation.path === difference.path &&
  deviation.what === difference.what

describe('the catalogue of callbacks', () => {
  it('lists every command that a plugin declares, and each is declared once', () => {
    const commands = plugins.map(({ command }) => command)
    expect(commands.filter((command) => !Object.hasOwn(catalogue, command))).to.deep.equal([])
    expect(commands.filter((command, index) => commands.indexOf(command) !== index)).to.deep.equal([])
  })

  it('has a plugin for each of its commands', () => {
    const declared = new Set(plugins.map(({ command }) => command))
    expect(Object.keys(catalogue).filter((command) => !declared.has(command))).to.deep.equal([])
  })

  it('agrees with the codecs about fields, types, presence and replies, apart from the listed deviations', () => {
    expect(found.filter((difference) => !deviations.some((deviation) => covers(deviation, difference))).map(textOf)).to.deep.equal([])
  })

  it('has no deviation that is not needed', () => {
    expect(deviations.filter((deviation) => !found.some((difference) => covers(deviation, difference))).map(textOf)).to.deep.equal([])
  })
})

describe('the comparison with the catalogue', () => {
  const known: Known = {
    phase: 'before',
    fields: { GroupId: 'string always', 'List[]': 'array<object> optional', 'List[].Seq': 'integer always', EventTime: 'integer optional' },
    reply: { CloudCustomData: 'string optional' },
    codes: [10100, 10200],
    drop: true,
    fallback: 'allow',
  }
  const required = { GroupId: t.string }
  const optional = { List: list(struct({ Seq: integer })), EventTime: millis }
  const plugin = (fields: { readonly required?: Fields; readonly optional?: Fields }, spec: object = {}): Plugin => {
    const body: t.Mixed = struct<Fields, Fields>(fields.required ?? required, fields.optional ?? optional)
    const before = verdicts({ reply: struct({}, { CloudCustomData: t.string }), codes: [10100, 10200], drop: true, ...spec })
    return definePlugin({ command: 'X', title: 'x', body, sample: {}, before })
  }
  const cases: Readonly<Record<string, readonly [Plugin, readonly string[]]>> = {
    'no difference if both agree': [plugin({}), []],
    'a field too many': [plugin({ optional: { ...optional, Extra: t.string } }), ['X Extra is not in the catalogue']],
    'a field too few': [plugin({ optional: { List: optional.List } }), ['X EventTime is missing']],
    'a required field that may be missing': [
      plugin({ required: { ...required, EventTime: millis }, optional: { List: optional.List } }),
      ['X EventTime is always'],
    ],
    'a closed set of words': [plugin({ required: { GroupId: oneOf('Public', 'Private') } }), ['X GroupId refuses "x"']],
    'a number that must not come as digits': [
      plugin({ optional: { ...optional, EventTime: t.number } }),
      ['X EventTime refuses "7"', 'X EventTime takes 1.5'],
    ],
    'an item of a wrong type': [
      plugin({ optional: { ...optional, List: list(struct({ Seq: t.string })) } }),
      ['X List[].Seq refuses 7', 'X List[].Seq takes "x"'],
    ],
    'an object that is no list': [
      plugin({ optional: { ...optional, List: struct({}) } }),
      ['X List is not in the catalogue', 'X List[] is missing'],
    ],
    'other codes': [plugin({}, { codes: [1, 2] }), ['X has the codes 1,2']],
    'another fallback': [plugin({}, { fallback: 'refuse' }), ['X falls back to refuse']],
    'no drop': [plugin({}, { drop: false }), ['X may not be dropped']],
    'another reply': [
      plugin({}, { reply: struct({ MsgBody: t.string }) }),
      ['X reply CloudCustomData is missing', 'X reply MsgBody is not in the catalogue'],
    ],
    'an after-callback that should take a decision': [
      definePlugin({ command: 'X', title: 'x', body: struct(required, optional), sample: { GroupId: 'g' } }),
      ['X takes no decision'],
    ],
  }
  for (const [what, [compared, expected]] of Object.entries(cases)) {
    it(`finds ${what}`, () => {
      const actual = differences(compared, known).map(textOf)
      for (const each of expected) expect(actual.join('\n')).to.contain(each)
      if (expected.length === 0) expect(actual).to.deep.equal([])
    })
  }
})
