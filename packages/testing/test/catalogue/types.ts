import { List, Struct, TaggedUnion } from '@callboard/core'
import type * as t from 'io-ts'

// The values that a codec of each type must accept and may accept. A number may always come as digits.
const types: Readonly<Record<string, { readonly takes: readonly unknown[]; readonly mayTake?: readonly unknown[] }>> = {
  string: { takes: ['x', '7', ''] },
  integer: { takes: [7, '7'] },
  boolean: { takes: [true, false], mayTake: ['true', 'false'] },
  object: { takes: [{}] },
  'string|integer': { takes: ['x', 7, '123456789012345678'], mayTake: [''] },
  'object|integer': { takes: [{}, 7, '7'] },
  'boolean|string': { takes: [true, false, 'true', 'false'], mayTake: ['x', '7', ''] },
}
const PROBES: readonly unknown[] = ['x', '7', '', '123456789012345678', 'true', 'false', 7, 1.5, true, false, null, {}, []]
const isText = (probe: unknown): boolean => typeof probe === 'string'

const takes = (codec: t.Mixed, probe: unknown): boolean => codec.decode(probe)._tag === 'Right'
const show = (probe: unknown): string => JSON.stringify(probe)

/** Returns where a codec refuses a value of the type or accepts another value. An account may always be a number. */
export const typeProblems = (codec: t.Mixed, type: string, path: string): readonly string[] => {
  const [, item] = /^array<(.*)>$/.exec(type) ?? []
  if (item !== undefined) return codec instanceof List ? typeProblems(codec.item, item, path) : ['is no list']
  if (codec instanceof Struct || codec instanceof TaggedUnion) return type === 'object' ? [] : ['is an object']
  const expected = types[type]
  if (expected === undefined) return [`has an unknown type: ${type}`]
  const account = /_?Account(\[\])?$/.test(path) && type === 'string' ? [7] : []
  const legal = [...expected.takes, ...(expected.mayTake ?? []), ...account].map(show)
  const anyText = expected.takes.includes('x')
  return [
    ...expected.takes.filter((probe) => !takes(codec, probe)).map((probe) => `refuses ${show(probe)}`),
    ...PROBES.filter((probe) => takes(codec, probe) && !legal.includes(show(probe)) && !(anyText && isText(probe))).map(
      (probe) => `takes ${show(probe)}`,
    ),
  ]
}
