/** A JSON value. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject

/** A JSON object; a property that is `undefined` is left out when it is written. */
export interface JsonObject {
  readonly [field: string]: Json | undefined
}

/** Is this value a JSON object, rather than a list, a scalar or nothing? Says nothing about what is inside. */
export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
