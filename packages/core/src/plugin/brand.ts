/** What is known by a brand, whichever copy of this package has made it. */
export type BrandType = 'plugin' | 'sink' | 'decision'

/** What a value says it is. */
export interface Brand {
  readonly type: BrandType
  /** Of the contract: it grows when what was made before can no longer be used. */
  readonly version: number
}

/** The version of the contracts that this package knows. */
export const BRAND_VERSION = 1

const makers: { readonly [What in BrandType]: string } = { plugin: 'definePlugin', sink: 'defineSink', decision: 'decideWith' }
const isBranded = (what: string): what is BrandType => Object.hasOwn(makers, what)

/** The symbol that values of this kind carry. */
export const brandSymbol = (what: BrandType): symbol => Symbol.for(`@callboard/${what}/${BRAND_VERSION}`)

/** What a value says it is, if anything: it may be of a version that is not known here. */
export const brandOf = (value: unknown): Brand | undefined => {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return undefined
  for (const symbol of Object.getOwnPropertySymbols(value)) {
    const [, type = '', version] = /^@callboard\/(\w+)\/(\d+)$/.exec(Symbol.keyFor(symbol) ?? '') ?? []
    if (isBranded(type)) return { type, version: Number(version) }
  }
  return undefined
}

/** Why a value cannot be used as what it is given for, in one sentence; undefined where it can. */
export const explainNotA = (value: unknown, what: BrandType): string | undefined => {
  const brand = brandOf(value)
  if (brand === undefined) return `expected a ${what}, as ${makers[what]} makes it`
  if (brand.type !== what) return `expected a ${what}, and this is a ${brand.type}`
  return brand.version === BRAND_VERSION
    ? undefined
    : `this ${what} is of version ${brand.version}, and version ${BRAND_VERSION} is known here: install versions that go together`
}
