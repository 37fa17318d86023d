import * as t from 'io-ts'
import { isObject, type Json, type JsonObject } from '../json/json.ts'
import { Codec } from './codec.ts'

/** An object whose fields are nobody's business but the sender's; kept as it is. */
export const anyObject = new Codec<JsonObject, JsonObject>(
  'an object',
  (value): value is JsonObject => isObject(value),
  // Bodies come from JSON, so that what is inside is JSON too; walking it would cost and refuse nothing.
  (value, context) => (isObject(value) ? t.success(value as JsonObject) : t.failure(value, context)),
  t.identity,
)

/** Anything that JSON can carry, `null` included; only nothing at all is refused. */
export const anyJson = new Codec<Json, Json>(
  'any value',
  (value): value is Json => value !== undefined,
  (value, context) => (value === undefined ? t.failure(value, context) : t.success(value as Json)),
  t.identity,
)
