/** A JSON value. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject

/** A JSON object. A property that is `undefined` is left out when it is serialized. */
export interface JsonObject {
  readonly [field: string]: Json | undefined
}

/** Returns whether a value is an object, and no array and not null. It does not check the fields. */
export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
