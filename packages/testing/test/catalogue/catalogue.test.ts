import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { definePlugin, type Fields, integer, list, millis, oneOf, type Plugin, struct, verdicts } from '@callboard/core'
import { expect } from 'chai'
import * as t from 'io-ts'
import { deviations } from './deviations.ts'
import { differences, type Known } from './differences.ts'
import { bodyOf, knownBodies, pluginOf } from './known-bodies.ts'
import { plugins } from './plugins.ts'
import { catalogued, requiredOf } from './required.ts'

// The catalogue lists the documented fields of every callback. These tests compare the codecs with it.

const catalogue: Readonly<Record<string, Known>> = JSON.parse(readFileSync(join(import.meta.dirname, 'catalogue.json'), 'utf8'))
const knownOf = (command: string): Known => catalogue[command] ?? { phase: 'after', fields: {} }
const found = plugins.flatMap((plugin) => differences(plugin, knownOf(plugin.command)))
const textOf = (difference: (typeof found)[number]): string =>
  `${difference.command} ${difference.path} ${difference.what}`.replace('  ', ' ')
const covers = (deviation: (typeof deviations)[number], difference: (typeof found)[number]): boolean =>
  deviation.command === difference.command && deviation.path === difference.path && deviation.what === difference.what

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

describe('the required fields of all callbacks', () => {
  const reasons = (command: string): readonly (readonly [path: string, reason: string | undefined])[] =>
    Object.entries(knownOf(command).fields).flatMap(([path, words]) => {
      const [, presence, reason] = words.split(' ')
      if (reason !== undefined && presence !== 'always') throw new Error(`${command} ${path} has a reason, but a page lacks the field`)
      return reason === undefined ? [] : [[path, reason] as const]
    })

  it('have the reason in the catalogue that their plugin shows: the key, a verdict, a hook or an element of a list [F50]', () => {
    for (const plugin of plugins) {
      expect(Object.fromEntries(reasons(plugin.command)), plugin.command).to.deep.equal(Object.fromEntries(requiredOf(plugin)))
    }
  })

  it('are on every page and in every body that is known [F50]', () => {
    for (const { command, from, lacks } of knownBodies) {
      const required = reasons(command).map(([path]) => path.replace(/\[\]$/, ''))
      expect(
        required.filter((path) => lacks.map(catalogued).includes(path)),
        `${command}, ${from}`,
      ).to.deep.equal([])
    }
  })

  it('are two for each callback on average, or fewer', () => {
    // The tag and the content of a message element belong to every MsgBody. They are not counted again.
    const counted = plugins.flatMap(({ command }) => reasons(command).filter(([path]) => !path.startsWith('MsgBody[].')))
    expect(counted.length).to.be.at.most(2 * plugins.length)
  })
})

describe('the known bodies of all ages', () => {
  for (const known of knownBodies) {
    it(`are accepted and keep their key: ${known.command}, ${known.from} [F50]`, () => {
      const plugin = pluginOf(known.command)
      const decoded = plugin.decode(bodyOf(known))
      const sample = plugin.decode(plugin.sample)
      expect(decoded).not.to.have.property('reasons')
      expect('key' in decoded && decoded.key).to.equal('key' in sample && sample.key)
    })
  }
})

describe('the comparison with the catalogue', () => {
  const known: Known = {
    phase: 'before',
    fields: {
      GroupId: 'string always key',
      'List[]': 'array<object> optional',
      'List[].Seq': 'integer always element',
      EventTime: 'integer always',
    },
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
    'a required field without a reason': [
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
