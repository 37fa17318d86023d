import { describeValue } from '../util/foreign-value.ts'

/** The values that carry a brand. A brand is recognized across copies of this package. */
export type BrandType = 'plugin' | 'sink' | 'decision'

/** The brand of a value. */
export interface Brand {
  readonly type: BrandType
  /** The version of the contract. It is raised when older values can no longer be used. */
  readonly version: number
}

/** The contract version that this package supports. */
export const BRAND_VERSION = 1

const MAKERS: { readonly [Type in BrandType]: string } = { plugin: 'definePlugin', sink: 'defineSink', decision: 'decideWith' }
const isBrandType = (type: string): type is BrandType => Object.hasOwn(MAKERS, type)

/** Returns the symbol that values of this type carry. */
export const brandSymbol = (type: BrandType): symbol => Symbol.for(`@callboard/${type}/${BRAND_VERSION}`)

/** Returns the brand of a value, if any. Its version may differ from `BRAND_VERSION`. */
export const brandOf = (value: unknown): Brand | undefined => {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return undefined
  for (const symbol of Object.getOwnPropertySymbols(value)) {
    const [, type = '', version] = /^@callboard\/(\w+)\/(\d+)$/.exec(Symbol.keyFor(symbol) ?? '') ?? []
    if (isBrandType(type)) return { type, version: Number(version) }
  }
  return undefined
}

/** Explains in one sentence why a value is not a usable plugin, sink or decision. Returns undefined when it is one. */
export const explainNotA = (value: unknown, type: BrandType): string | undefined => {
  const brand = brandOf(value)
  if (brand === undefined) return `expected a ${type}, made with ${MAKERS[type]}, got ${describeValue(value)}`
  if (brand.type !== type) return `expected a ${type}, got a ${brand.type}`
  if (brand.version === BRAND_VERSION) return undefined
  const upgrade = brand.version > BRAND_VERSION ? '@callboard/core' : `the ${type}`
  return `this ${type} uses contract version ${brand.version}, this Callboard supports version ${BRAND_VERSION}: upgrade ${upgrade}`
}
