/** The parameters of a query. */
export interface QueryParams {
  /** The last value of each parameter. `Sign` is left out. These are stored with the event. */
  readonly kept: Readonly<Record<string, string>>
  readonly sign: string | undefined
  /** The names that occur more than once. */
  readonly repeated: ReadonlySet<string>
}

const NONE: ReadonlySet<string> = new Set()

// The vendor's pages spell a name in different ways, such as `SdkAppid` and `SdkAppId`. Its requests carry these spellings.
const NAMES = ['SdkAppid', 'CallbackCommand', 'contenttype', 'ClientIP', 'OptPlatform', 'Sign', 'RequestTime']
const nameBySpelling = new Map(NAMES.flatMap((name) => [name, name.toLowerCase()].map((spelling) => [spelling, name])))
const canonicalName = (name: string): string => nameBySpelling.get(name) ?? nameBySpelling.get(name.toLowerCase()) ?? name

/**
 * Parses a query as it was sent, without the question mark. The vendor's names are read without regard to case and kept in the spelling
 * of its requests.
 */
export const parseQueryParams = (query: string): QueryParams => {
  const kept: Record<string, string> = {}
  let sign: string | undefined
  let repeated: Set<string> | undefined
  new URLSearchParams(query).forEach((value, spelling) => {
    const name = canonicalName(spelling)
    if (name === 'Sign' ? sign !== undefined : Object.hasOwn(kept, name)) {
      repeated ??= new Set()
      repeated.add(name)
    }
    if (name === 'Sign') sign = value
    // An assignment would set the prototype.
    else if (name === '__proto__') Object.defineProperty(kept, name, { value, enumerable: true, configurable: true, writable: true })
    else kept[name] = value
  })
  return { kept, sign, repeated: repeated ?? NONE }
}

/** Returns the value of a parameter that occurs exactly once. */
export const singleParam = ({ kept, repeated }: QueryParams, name: string): string | undefined =>
  Object.hasOwn(kept, name) && !repeated.has(name) ? kept[name] : undefined
