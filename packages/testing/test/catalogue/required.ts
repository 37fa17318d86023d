import { type DecodedBody, List, type Plugin, Struct } from '@callboard/core'
import { eventOf } from '@callboard/testing'
import { spotsOf, withAt } from './bodies.ts'
import { placesOf } from './walk.ts'

/**
 * Why a field is required. `key`: the key of the event. `verdict`: the accounts that a verdict answers one by one. `hook`: a list that
 * the callback is about, and that a hook walks. `element`: it identifies an element of a list.
 */
export type Reason = 'key' | 'verdict' | 'hook' | 'element'

/** Returns the path of `MemberList.0.Member_Account` as the catalogue writes it: `MemberList[].Member_Account`. */
export const catalogued = (path: string): string => path.replaceAll(/\.\d+(?=\.|$)/g, '[]')

const read = (plugin: Plugin, body: unknown): DecodedBody | undefined => {
  const decoded = plugin.decode(body)
  return 'reasons' in decoded ? undefined : decoded
}
const lineOf = (plugin: Plugin, { body, payloadFor }: DecodedBody): unknown => payloadFor('log', { ...eventOf(plugin), body })
const answerOf = ({ answer }: DecodedBody): string => JSON.stringify(answer?.({ verdict: 'allow' }))

/** Returns the reason why a path is required: from what changes when the sample has another value there. Undefined: none. */
const reasonOf = (plugin: Plugin, path: string): Reason | undefined => {
  const { sample, codec } = plugin
  const before = read(plugin, sample)
  const spots = spotsOf(codec, sample)
  const inside = spots.filter((spot) =>
    `${catalogued(spot.path.join('.'))}.`.replaceAll('[]', '').startsWith(`${path}.`.replaceAll('[]', '')),
  )
  const changed = inside
    .filter((spot) => !(spot.codec instanceof Struct || spot.codec instanceof List))
    .flatMap((spot) => read(plugin, withAt(sample, spot.path, 'other')) ?? [])
  if (before === undefined) return undefined
  if (changed.some(({ key }) => key !== before.key)) return 'key'
  if (changed.some((each) => answerOf(each) !== answerOf(before))) return 'verdict'
  if (path.includes('[].')) return 'element'
  const emptied = inside.flatMap((spot) => (spot.codec instanceof List ? (read(plugin, withAt(sample, spot.path, [])) ?? []) : []))
  return emptied.some((each) => lineOf(plugin, each) !== lineOf(plugin, before)) ? 'hook' : undefined
}

/** Returns the required fields of a plugin, each with the reason that the plugin shows. */
export const requiredOf = (plugin: Plugin): ReadonlyMap<string, Reason | undefined> =>
  new Map([...placesOf(plugin.codec)].filter(([, { presence }]) => presence === 'always').map(([path]) => [path, reasonOf(plugin, path)]))
