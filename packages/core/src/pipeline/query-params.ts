/** The parameters of a query, looked at once. */
export interface QueryParams {
  /** The last value of each, less `Sign`: what is kept. */
  readonly kept: Readonly<Record<string, string>>
  readonly sign: string | undefined
  /** Names that were given more than once. */
  readonly repeated: ReadonlySet<string>
}

const NONE: ReadonlySet<string> = new Set()

/** Reads a query as it was sent, without the question mark. */
export const parseQueryParams = (query: string): QueryParams => {
  const kept: Record<string, string> = {}
  let sign: string | undefined
  let repeated: Set<string> | undefined
  new URLSearchParams(query).forEach((value, name) => {
    if (name === 'Sign' ? sign !== undefined : Object.hasOwn(kept, name)) {
      repeated ??= new Set()
      repeated.add(name)
    }
    if (name === 'Sign') sign = value
    // To assign it would change the prototype.
    else if (name === '__proto__') Object.defineProperty(kept, name, { value, enumerable: true, configurable: true, writable: true })
    else kept[name] = value
  })
  return { kept, sign, repeated: repeated ?? NONE }
}

/** The value of a parameter that was given once. */
export const only = ({ kept, repeated }: QueryParams, name: string): string | undefined =>
  Object.hasOwn(kept, name) && !repeated.has(name) ? kept[name] : undefined
