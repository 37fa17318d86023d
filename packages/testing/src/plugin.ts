import { doesNotMatch, equal, notEqual, ok } from 'node:assert/strict'
import { type DecodedBody, type InvalidBody, isObject, List, MAX_ISSUES, type Plugin, Struct, TaggedUnion } from '@callboard/core'
import type * as t from 'io-ts'
import { eventOf } from './events.ts'

// The runner's own, as mocha, node:test (made global) and others provide them.
declare const describe: (name: string, body: () => void) => void
declare const it: (name: string, body: () => void) => void

/** A part of a codec, and how to reach it from the body: names of fields, 0 for the first of a list. */
interface Part {
  readonly path: readonly (string | number)[]
  readonly codec: t.Mixed
}

const partsOf = (codec: t.Mixed, path: readonly (string | number)[] = []): readonly Part[] => {
  if (codec instanceof List) return [{ path, codec }, ...partsOf(codec.item, [...path, 0])]
  if (codec instanceof TaggedUnion) return partsOf(codec.common, path)
  if (!(codec instanceof Struct)) return [{ path, codec }]
  const fields: readonly (readonly [string, t.Mixed])[] = [
    ...Object.entries<t.Mixed>(codec.required),
    ...Object.entries<t.Mixed>(codec.optional),
  ]
  return [{ path, codec }, ...fields.flatMap(([field, each]) => partsOf(each, [...path, field]))]
}

/** A copy of `value` with what stands at `path` changed; `undefined` removes it. Undefined where the sample has no such place. */
const changed = (value: unknown, path: readonly (string | number)[], change: (given: unknown) => unknown): unknown => {
  const [step, ...rest] = path
  if (step === undefined) return change(value)
  if (Array.isArray(value) && typeof step === 'number') {
    const inside = step < value.length ? changed(value[step], rest, change) : undefined
    return inside === undefined ? undefined : value.map((each, place) => (place === step ? inside : each))
  }
  if (!isObject(value) || typeof step === 'number' || !Object.hasOwn(value, step)) return undefined
  const inside = changed(value[step], rest, change)
  const { [step]: _, ...others } = value
  return inside === undefined ? (rest.length > 0 ? undefined : others) : { ...others, [step]: inside }
}

const CANARY = 'canary-7d1f'
const isUnread = (read: DecodedBody | InvalidBody): read is InvalidBody => 'reasons' in read
const show = (path: readonly (string | number)[]): string => path.join('.')

/** The reasons for which a body is refused; fails when it is not. */
const reasonsOf = (plugin: Plugin, body: unknown, why: string): readonly string[] => {
  const read = plugin.decode(body)
  ok(isUnread(read), `accepted ${why}`)
  ok(read.reasons.length > 0 && read.reasons.length <= MAX_ISSUES, `${read.reasons.length} reasons for ${why}`)
  for (const reason of read.reasons) {
    doesNotMatch(reason, /[\r\n]/)
    ok(!reason.includes(CANARY), `a reason tells a value: ${reason}`)
  }
  return read.reasons
}

const understood = (plugin: Plugin, body: unknown, what: string): DecodedBody => {
  const read = plugin.decode(body)
  ok(!isUnread(read), `refused ${what}: ${isUnread(read) ? read.reasons.join('; ') : ''}`)
  return read
}

const isJson = (value: unknown): boolean => {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true
  if (typeof value === 'number') return Number.isFinite(value)
  if (Array.isArray(value)) return value.every(isJson)
  // A property that is undefined is left out when it is written. A Date or a Map is no plain object.
  const plain = isObject(value) && [Object.prototype, null].includes(Object.getPrototypeOf(value))
  return plain && Object.values(value).every((each) => each === undefined || isJson(each))
}

/** Wrong for every codec of ours: it is no text, no number, no list and no known word, and it has no fields. */
const WRONG = { [CANARY]: CANARY }

/** The conformance suite of plugins: what must hold for every one of them, read off its codec and its sample. */
export const describePlugin = (plugin: Plugin): void => {
  const { sample, codec, command } = plugin
  const structs = partsOf(codec).flatMap(({ path, codec: part }) => (part instanceof Struct ? [{ path, part }] : []))
  const fields = (which: 'required' | 'optional') =>
    structs.flatMap(({ path, part }) => Object.keys(part[which]).map((field) => ({ path: [...path, field], type: part[which][field] })))

  describe(`${command} is a plugin`, () => {
    it('has a title, and understands its own sample', () => {
      notEqual(plugin.title.trim(), '')
      equal(sample.CallbackCommand, command)
      understood(plugin, sample, 'the sample')
    })

    it('keeps fields that nobody has listed, wherever they are', () => {
      ok(structs.length > 0, 'the body has no struct to look into')
      for (const { path, part } of structs) {
        ok(part.open, `${show(path) || 'the body'} refuses unknown fields`)
        const more = changed(sample, path, (given) => (isObject(given) ? { ...given, [CANARY]: 1 } : given))
        if (more === undefined) continue
        const { body } = understood(plugin, more, `an unknown field in ${show(path) || 'the body'}`)
        ok(JSON.stringify(body).includes(CANARY), `lost an unknown field in ${show(path) || 'the body'}`)
      }
    })

    it('understands a body without any one of the optional fields, and without all of them', () => {
      let bare: unknown = sample
      for (const { path } of fields('optional')) {
        const less = changed(sample, path, () => undefined)
        if (less === undefined) continue
        understood(plugin, less, `the sample without ${show(path)}`)
        bare = changed(bare, path, () => undefined) ?? bare
      }
      understood(plugin, bare, 'the sample without any optional field')
    })

    it('refuses a body without a required field, and says which', () => {
      for (const { path, type } of fields('required')) {
        const less = changed(sample, path, () => undefined)
        if (less === undefined || type?.is(undefined)) continue
        const reasons = reasonsOf(plugin, less, `the sample without ${show(path)}`)
        ok(
          reasons.some((reason) => reason.startsWith(`${show(path)}: `)),
          `no reason names ${show(path)}: ${reasons.join('; ')}`,
        )
      }
    })

    it('refuses a body with a field of a wrong type, and says which without telling its value', () => {
      for (const { path, type } of [...fields('required'), ...fields('optional')]) {
        const wrong = changed(sample, path, () => WRONG)
        // What takes this takes nearly everything; a struct without required fields does.
        if (wrong === undefined || type?.is(WRONG)) continue
        const reasons = reasonsOf(plugin, wrong, `a wrong ${show(path)}`)
        ok(
          reasons.some((reason) => reason.startsWith(show(path))),
          `no reason names ${show(path)}: ${reasons.join('; ')}`,
        )
      }
    })

    it('refuses what is not an object', () => {
      for (const body of [undefined, null, 1, CANARY, [], [sample]]) reasonsOf(plugin, body, JSON.stringify(body) ?? 'nothing')
    })

    it('gives at most a few reasons for a hostile list', () => {
      for (const { path, codec: part } of partsOf(codec)) {
        if (!(part instanceof List) || part.item.is(WRONG)) continue
        const hostile = changed(sample, path, () => Array.from({ length: 10_000 }, () => WRONG))
        if (hostile !== undefined) reasonsOf(plugin, hostile, `a hostile ${show(path)}`)
      }
    })

    it('has no codec in its body whose errors are unbounded: `list` instead of t.array, `struct` instead of t.record', () => {
      for (const { path, codec: part } of partsOf(codec)) {
        const tag = '_tag' in part ? part._tag : ''
        ok(!['ArrayType', 'ReadonlyArrayType', 'DictionaryType'].includes(String(tag)), `${show(path)} is a ${tag}`)
      }
    })

    it('gives a key that is a text, or none', () => {
      const { key } = understood(plugin, sample, 'the sample')
      ok(key === undefined || (typeof key === 'string' && key !== ''), 'an empty key is no key')
    })

    it('shows every kind of sink something that JSON can carry', () => {
      const event = eventOf(plugin)
      for (const kind of plugin.hooks) {
        const shown = understood(plugin, sample, 'the sample').payloadFor(kind, event)
        notEqual(shown, undefined, `the hook for ${kind} shows nothing`)
        ok(isJson(shown), `the hook for ${kind} shows something that is no JSON`)
      }
    })

    it('changes neither its sample nor an event when it looks at them', () => {
      const before = JSON.stringify(sample)
      const event = eventOf(plugin)
      const told = JSON.stringify(event)
      for (const kind of plugin.hooks) understood(plugin, sample, 'the sample').payloadFor(kind, event)
      equal(JSON.stringify(sample), before)
      equal(JSON.stringify(event), told)
    })
  })
}
