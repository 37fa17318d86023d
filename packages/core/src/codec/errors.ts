import type * as t from 'io-ts'

/** At most this many reasons are given for one body: enough to act on, cheap enough for a hostile one. */
export const MAX_ISSUES = 8

// Unions and intersections name their branches 0, 1, 2 … in the path; the keys of a record are the sender's own words.
const isBranch = (parent: t.Decoder<unknown, unknown> | undefined): boolean =>
  parent !== undefined && '_tag' in parent && (parent._tag === 'UnionType' || parent._tag === 'IntersectionType')
const isRecord = (parent: t.Decoder<unknown, unknown> | undefined): boolean =>
  parent !== undefined && '_tag' in parent && parent._tag === 'DictionaryType'

/** One reason: where, as the names of fields and the places in lists, and what was expected there. */
export interface Issue {
  readonly path: readonly string[]
  readonly message: string
}

const placeOf = (context: t.Context): readonly string[] =>
  context.flatMap(({ key }, place) => {
    const parent = context[place - 1]?.type
    if (key === '' || isBranch(parent)) return []
    return [isRecord(parent) ? '*' : key]
  })

const reasonOf = ({ context, message, value }: t.ValidationError): Issue => {
  const expected = message ?? `expected ${context.at(-1)?.type?.name ?? 'something else'}`
  return { path: placeOf(context), message: value === undefined && message === undefined ? `${expected}, got nothing` : expected }
}

/** Why a codec refused a value, place and words apart: for those who show the place in their own way. */
export const toIssues = (errors: t.Errors): readonly Issue[] => errors.slice(0, MAX_ISSUES).map(reasonOf)

const line = ({ path, message }: Issue): string => (path.length === 0 ? message : `${path.join('.')}: ${message}`)

/** Why a codec refused a value: one line each, the path and what was expected there, never the value itself. */
export const formatErrors = (errors: t.Errors): readonly string[] => [...new Set(toIssues(errors).map(line))]
