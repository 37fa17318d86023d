import type * as t from 'io-ts'

/** The maximum number of issues that are reported for one value. More would only cost time for a hostile body. */
export const MAX_ISSUES = 8

// io-ts adds the branches of unions and intersections to the path as 0, 1, 2, …. The keys of a record come from the sender.
const isBranch = (parent: t.Decoder<unknown, unknown> | undefined): boolean =>
  parent !== undefined && '_tag' in parent && (parent._tag === 'UnionType' || parent._tag === 'IntersectionType')
const isRecord = (parent: t.Decoder<unknown, unknown> | undefined): boolean =>
  parent !== undefined && '_tag' in parent && parent._tag === 'DictionaryType'

/** Why a codec refused a part of a value. `path` has the names of fields and the indexes of lists. It never contains a value. */
export interface Issue {
  readonly path: readonly string[]
  readonly message: string
}

const pathOf = (context: t.Context): readonly string[] =>
  context.flatMap(({ key }, index) => {
    const parent = context[index - 1]?.type
    if (key === '' || isBranch(parent)) return []
    return [isRecord(parent) ? '*' : key]
  })

const issueOf = ({ context, message, value }: t.ValidationError): Issue => {
  const expected = message ?? `expected ${context.at(-1)?.type?.name ?? 'something else'}`
  return { path: pathOf(context), message: value === undefined && message === undefined ? `${expected}, got nothing` : expected }
}

/** Returns why a codec refused a value, as issues with a path and a message. */
export const toIssues = (errors: t.Errors): readonly Issue[] => errors.slice(0, MAX_ISSUES).map(issueOf)

const line = ({ path, message }: Issue): string => (path.length === 0 ? message : `${path.join('.')}: ${message}`)

/** Returns why a codec refused a value, as lines of the form `path: message`. They never contain the value. */
export const formatErrors = (errors: t.Errors): readonly string[] => [...new Set(toIssues(errors).map(line))]
