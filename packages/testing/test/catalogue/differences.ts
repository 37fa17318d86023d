import { type Plugin, struct } from '@callboard/core'
import { typeProblems } from './types.ts'
import { placesOf } from './walk.ts'

/**
 * The catalogue's entry of one command. Fields are `path: "type presence reason"`. The presence is that of the vendor's pages. A field
 * without a reason is not required.
 */
export interface Known {
  readonly phase: 'before' | 'after'
  readonly fields: Readonly<Record<string, string>>
  readonly reply?: Readonly<Record<string, string>>
  readonly codes?: readonly [number, number]
  readonly drop?: boolean
  readonly fallback?: 'allow' | 'refuse'
}

/** A difference between a plugin and the catalogue. */
export interface Difference {
  readonly command: string
  readonly path: string
  readonly what: string
}

const nothing = struct({})

const fieldDifferences = (
  codec: Plugin['codec'],
  known: Known['fields'],
  isRequired: (presence: string, reason?: string) => boolean,
): readonly (readonly [string, string])[] => {
  const places = placesOf(codec)
  const paths = new Set([...Object.keys(known), ...places.keys()])
  return [...paths].flatMap((path): readonly (readonly [string, string])[] => {
    const [type = '', presence, reason] = known[path]?.split(' ') ?? []
    const place = places.get(path)
    if (place === undefined) return [[path, 'is missing']]
    if (presence === undefined) return [[path, 'is not in the catalogue']]
    const problems = typeProblems(place.codec, type, path)
    return [
      ...((place.presence === 'always') === isRequired(presence, reason) ? [] : [[path, `is ${place.presence}`] as const]),
      ...problems.map((problem) => [path, problem] as const),
    ]
  })
}

const answerDifferences = (
  { before }: Plugin,
  { phase, reply = {}, codes, drop, fallback }: Known,
): readonly (readonly [string, string])[] => {
  if (before === undefined) return phase === 'before' ? [['', 'takes no decision']] : []
  if (phase === 'after') return [['', 'takes a decision']]
  return [
    ...fieldDifferences(before.reply ?? nothing, reply, (presence) => presence === 'always').map(
      ([path, what]) => [`reply ${path}`, what] as const,
    ),
    ...(JSON.stringify(before.codes) === JSON.stringify(codes) ? [] : [['', `has the codes ${before.codes}`] as const]),
    ...(before.drop === drop ? [] : [['', before.drop ? 'may be dropped' : 'may not be dropped'] as const]),
    ...(before.fallback === fallback ? [] : [['', `falls back to ${before.fallback}`] as const]),
  ]
}

/** Returns the differences between a plugin and the catalogue. */
export const differences = (plugin: Plugin, known: Known): readonly Difference[] =>
  [...fieldDifferences(plugin.codec, known.fields, (_, reason) => reason !== undefined), ...answerDifferences(plugin, known)].map(
    ([path, what]) => ({
      command: plugin.command,
      path,
      what,
    }),
  )
