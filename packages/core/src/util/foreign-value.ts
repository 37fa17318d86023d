// Values that authors return or throw may be anything: a proxy that throws, an error without a message, an object without a prototype.

const article = (noun: string): string => (/^[aeiou]/i.test(noun) ? `an ${noun}` : `a ${noun}`)

/** Runs `read`. Returns `otherwise` when it throws. */
export const readSafely = <T>(read: () => T, otherwise: T): T => {
  try {
    return read()
  } catch {
    return otherwise
  }
}

/** Returns whether a value is an error of this name with this property, also when another copy of this package made it. */
export const isErrorNamed = (value: unknown, name: string, property: string): boolean =>
  readSafely(() => value instanceof Error && value.name === name && property in value, false)

/** Returns whether a value is a promise or has a `then` method. */
export const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  readSafely(() => typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function', false)

/** Ignores a promise. Without this, its rejection would end the process. */
export const ignorePromise = (promise: PromiseLike<unknown>): void => {
  Promise.resolve(promise).then(undefined, () => {})
}

/** Returns the library of a Standard Schema. Plugins and codecs of Callboard are such schemas, too, and do not count. */
const schemaVendor = (value: object): string | undefined => {
  const schema: unknown = '~standard' in value ? value['~standard'] : undefined
  const vendor = typeof schema === 'object' && schema !== null && 'vendor' in schema ? String(schema.vendor) : undefined
  return vendor === 'callboard' ? undefined : vendor
}

const describeObject = (value: object): string => {
  if (Array.isArray(value)) return 'a list'
  if (isThenable(value)) return 'a Promise'
  const vendor = schemaVendor(value)
  if (vendor !== undefined) return `a schema of ${vendor}`
  const name = Object.prototype.toString.call(value).slice('[object '.length, -1)
  return article(name === 'Object' ? 'object' : name)
}

/** Returns what a value is, without its content: `a text`, `a Promise`, `nothing`. */
export const describeValue = (value: unknown): string => {
  if (value === undefined) return 'nothing'
  if (value === null || Number.isNaN(value)) return String(value)
  if (value === '') return 'an empty text'
  if (typeof value === 'string') return 'a text'
  if (typeof value === 'bigint') return 'a BigInt'
  if (typeof value === 'object') return readSafely(() => describeObject(value), 'an object')
  return article(typeof value)
}

const MAX_MESSAGE_CHARACTERS = 500
const MAX_STACK_CHARACTERS = 4_000

/** Returns the message of a thrown value, cut to `max` characters. Never throws. */
export const describeError = (error: unknown, max: number = MAX_MESSAGE_CHARACTERS): string =>
  readSafely(() => {
    if (typeof error === 'string') return error
    if (!(error instanceof Error)) return typeof error === 'object' || typeof error === 'function' ? describeValue(error) : String(error)
    return String(error.message || error.name)
  }, 'an unreadable error').slice(0, max)

/** Returns the stack of a thrown value, if it has one. Never throws. */
export const stackOf = (error: unknown): string | undefined =>
  readSafely(
    () => (error instanceof Error && typeof error.stack === 'string' ? error.stack.slice(0, MAX_STACK_CHARACTERS) : undefined),
    undefined,
  )

/** Returns where an error was thrown, as `FILE:LINE:COLUMN`. Undefined when its stack does not tell. */
export const placeOf = (error: unknown): string | undefined => /^\s+at (?:.*\()?((?!node:).+?:\d+:\d+)\)?$/m.exec(stackOf(error) ?? '')?.[1]
