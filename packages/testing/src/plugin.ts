import { doesNotMatch, equal, notEqual, ok } from 'node:assert/strict'
import {
  type DecodedBody,
  explainNotA,
  type Fields,
  type InvalidBody,
  isObject,
  type List,
  MAX_ISSUES,
  type Plugin,
  type Struct,
  type TaggedUnion,
} from '@callboard/core'
import { eventOf } from './events.ts'

// Globals of the test runner: mocha, or node:test with its functions made global.
declare const describe: (name: string, body: () => void) => void
declare const it: (name: string, body: () => void) => void

type AnyCodec = Plugin['codec']

// By tag and not by `instanceof`: a plugin may bring another copy of core.
const tagOf = (codec: AnyCodec): unknown => ('_tag' in codec ? codec._tag : undefined)
const isStruct = (codec: AnyCodec): codec is Struct<Fields, Fields> => tagOf(codec) === 'Struct'
const isList = (codec: AnyCodec): codec is List<AnyCodec> => tagOf(codec) === 'List'
const isTaggedUnion = (codec: AnyCodec): codec is TaggedUnion<unknown, unknown> => tagOf(codec) === 'TaggedUnion'

/** A part of a codec with its path from the body: field names, and 0 for the first item of a list. */
interface Part {
  readonly path: readonly (string | number)[]
  readonly codec: AnyCodec
}

const partsOf = (codec: AnyCodec, path: readonly (string | number)[] = []): readonly Part[] => {
  if (isList(codec)) return [{ path, codec }, ...partsOf(codec.item, [...path, 0])]
  if (isTaggedUnion(codec)) return partsOf(codec.common, path)
  if (!isStruct(codec)) return [{ path, codec }]
  const fields: readonly (readonly [string, AnyCodec])[] = [
    ...Object.entries<AnyCodec>(codec.required),
    ...Object.entries<AnyCodec>(codec.optional),
  ]
  return [{ path, codec }, ...fields.flatMap(([field, each]) => partsOf(each, [...path, field]))]
}

/** Returns a copy of `value` with a changed value at `path`; `undefined` removes it. Returns undefined when `value` has no such path. */
const withChange = (value: unknown, path: readonly (string | number)[], change: (found: unknown) => unknown): unknown => {
  const [step, ...rest] = path
  if (step === undefined) return change(value)
  if (Array.isArray(value) && typeof step === 'number') {
    const inside = step < value.length ? withChange(value[step], rest, change) : undefined
    return inside === undefined ? undefined : value.map((each, index) => (index === step ? inside : each))
  }
  if (!isObject(value) || typeof step === 'number' || !Object.hasOwn(value, step)) return undefined
  const inside = withChange(value[step], rest, change)
  const { [step]: _, ...others } = value
  return inside === undefined ? (rest.length > 0 ? undefined : others) : { ...others, [step]: inside }
}

const CANARY = 'canary-7d1f'
const isInvalid = (decoded: DecodedBody | InvalidBody): decoded is InvalidBody => 'reasons' in decoded
const textOf = (path: readonly (string | number)[]): string => path.join('.')

/** Returns the reasons why the plugin refuses a body. Fails when it accepts the body. */
const reasonsOf = (plugin: Plugin, body: unknown, why: string): readonly string[] => {
  const decoded = plugin.decode(body)
  ok(isInvalid(decoded), `accepted ${why}`)
  ok(decoded.reasons.length > 0 && decoded.reasons.length <= MAX_ISSUES, `${decoded.reasons.length} reasons for ${why}`)
  for (const reason of decoded.reasons) {
    doesNotMatch(reason, /[\r\n]/)
    ok(!reason.includes(CANARY), `a reason contains a value: ${reason}`)
  }
  return decoded.reasons
}

const decodeValid = (plugin: Plugin, body: unknown, what: string): DecodedBody => {
  const decoded = plugin.decode(body)
  ok(!isInvalid(decoded), `refused ${what}: ${isInvalid(decoded) ? decoded.reasons.join('; ') : ''}`)
  return decoded
}

const isJson = (value: unknown): boolean => {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true
  if (typeof value === 'number') return Number.isFinite(value)
  if (Array.isArray(value)) return value.every(isJson)
  // JSON.stringify leaves out undefined properties. A Date or a Map is no plain object.
  const isPlain = isObject(value) && [Object.prototype, null].includes(Object.getPrototypeOf(value))
  return isPlain && Object.values(value).every((each) => each === undefined || isJson(each))
}

/** Invalid for every codec of core: no text, no number, no list, no known word, and an object without the expected fields. */
const WRONG = { [CANARY]: CANARY }

/** Declares the conformance tests of a plugin. They follow from its codec and its sample. Throws a TypeError for another value. */
export const describePlugin = (plugin: Plugin): void => {
  const explanation = explainNotA(plugin, 'plugin')
  if (explanation !== undefined) throw new TypeError(`describePlugin: ${explanation}`)
  const { sample, codec, command } = plugin
  const structs = partsOf(codec).flatMap(({ path, codec: part }) => (isStruct(part) ? [{ path, part }] : []))
  const fields = (which: 'required' | 'optional') =>
    structs.flatMap(({ path, part }) => Object.keys(part[which]).map((field) => ({ path: [...path, field], type: part[which][field] })))

  describe(`${command} is a plugin`, () => {
    it('has a title and decodes its own sample', () => {
      notEqual(plugin.title.trim(), '')
      equal(sample.CallbackCommand, command)
      decodeValid(plugin, sample, 'the sample')
    })

    it('keeps unknown fields at every level of the body', () => {
      ok(structs.length > 0, 'the body has no struct')
      for (const { path, part } of structs) {
        ok(part.open, `${textOf(path) || 'the body'} refuses unknown fields`)
        const extended = withChange(sample, path, (found) => (isObject(found) ? { ...found, [CANARY]: 1 } : found))
        if (extended === undefined) continue
        const { body } = decodeValid(plugin, extended, `an unknown field in ${textOf(path) || 'the body'}`)
        ok(JSON.stringify(body).includes(CANARY), `lost an unknown field in ${textOf(path) || 'the body'}`)
      }
    })

    it('decodes a body without each optional field, and without all of them', () => {
      let bare: unknown = sample
      for (const { path } of fields('optional')) {
        const less = withChange(sample, path, () => undefined)
        if (less === undefined) continue
        decodeValid(plugin, less, `the sample without ${textOf(path)}`)
        bare = withChange(bare, path, () => undefined) ?? bare
      }
      decodeValid(plugin, bare, 'the sample without any optional field')
    })

    it('refuses a body without a required field and names the field', () => {
      for (const { path, type } of fields('required')) {
        const less = withChange(sample, path, () => undefined)
        if (less === undefined || type?.is(undefined)) continue
        const reasons = reasonsOf(plugin, less, `the sample without ${textOf(path)}`)
        ok(
          reasons.some((reason) => reason.startsWith(`${textOf(path)}: `)),
          `no reason names ${textOf(path)}: ${reasons.join('; ')}`,
        )
      }
    })

    it('refuses a field of a wrong type and names the field without its value', () => {
      for (const { path, type } of [...fields('required'), ...fields('optional')]) {
        const wrong = withChange(sample, path, () => WRONG)
        // A struct without required fields accepts WRONG.
        if (wrong === undefined || type?.is(WRONG)) continue
        const reasons = reasonsOf(plugin, wrong, `a wrong ${textOf(path)}`)
        ok(
          reasons.some((reason) => reason.startsWith(textOf(path))),
          `no reason names ${textOf(path)}: ${reasons.join('; ')}`,
        )
      }
    })

    it('refuses a body that is not an object', () => {
      for (const body of [undefined, null, 1, CANARY, [], [sample]]) reasonsOf(plugin, body, JSON.stringify(body) ?? 'nothing')
    })

    it(`gives at most ${MAX_ISSUES} reasons for a list of 10 000 invalid items`, () => {
      for (const { path, codec: part } of partsOf(codec)) {
        if (!isList(part) || part.item.is(WRONG)) continue
        const hostile = withChange(sample, path, () => Array.from({ length: 10_000 }, () => WRONG))
        if (hostile !== undefined) reasonsOf(plugin, hostile, `a hostile ${textOf(path)}`)
      }
    })

    it('uses `list` instead of t.array and `struct` instead of t.record, so that the number of errors is bounded', () => {
      for (const { path, codec: part } of partsOf(codec)) {
        const tag = String(tagOf(part))
        ok(!['ArrayType', 'ReadonlyArrayType', 'DictionaryType'].includes(tag), `${textOf(path)} is a ${tag}`)
      }
    })

    it('returns a key that is a non-empty text, or none', () => {
      const { key } = decodeValid(plugin, sample, 'the sample')
      ok(key === undefined || (typeof key === 'string' && key !== ''), 'the key is empty')
    })

    it('returns JSON from every hook', () => {
      const event = eventOf(plugin)
      for (const kind of plugin.hooks) {
        const payload = decodeValid(plugin, sample, 'the sample').payloadFor(kind, event)
        notEqual(payload, undefined, `the hook for ${kind} returns nothing`)
        ok(isJson(payload), `the hook for ${kind} returns a value that is not JSON`)
      }
    })

    it('changes neither its sample nor an event', () => {
      const sampleBefore = JSON.stringify(sample)
      const event = eventOf(plugin)
      const eventBefore = JSON.stringify(event)
      for (const kind of plugin.hooks) decodeValid(plugin, sample, 'the sample').payloadFor(kind, event)
      equal(JSON.stringify(sample), sampleBefore)
      equal(JSON.stringify(event), eventBefore)
    })
  })
}
