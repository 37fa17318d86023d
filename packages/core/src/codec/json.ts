import * as t from 'io-ts'
import { isObject, type Json, type JsonObject } from '../json/json.ts'
import { Codec } from './codec.ts'

/** Any JSON object. It is kept as it is. */
export const anyObject = new Codec<JsonObject, JsonObject>(
  'an object',
  (value): value is JsonObject => isObject(value),
  // Values come from a JSON parser, so their parts need no check.
  (value, context) => (isObject(value) ? t.success(value as JsonObject) : t.failure(value, context)),
  t.identity,
)

/** Any JSON value, including `null`. Only `undefined` is refused. */
export const anyJson = new Codec<Json, Json>(
  'any value',
  (value): value is Json => value !== undefined,
  (value, context) => (value === undefined ? t.failure(value, context) : t.success(value as Json)),
  t.identity,
)
