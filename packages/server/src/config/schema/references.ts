import { isObject, type Json, type JsonObject } from '@callboard/core'

const REFERENCE = '#/$defs/reference'
const reference: JsonObject = { description: 'text from the environment or from a file', type: 'string', pattern: '\\$\\{(env|file):' }

/** Is this text, but not any text? */
const isPickyText = ({ type, pattern, enum: words }: JsonObject): boolean =>
  Array.isArray(words) ? words.some((word) => typeof word === 'string') : pattern !== undefined && [type].flat().includes('string')

const isSchema = (value: Json | undefined): value is JsonObject => isObject(value)

const through = (keyword: string, value: Json | undefined): Json | undefined => {
  switch (keyword) {
    case 'items':
    case 'additionalProperties':
    case 'then':
    case 'else':
      return isSchema(value) ? referring(value) : value
    case 'anyOf':
      return Array.isArray(value) ? value.map((each) => through('items', each) ?? null) : value
    case 'properties':
      return isSchema(value) ? Object.fromEntries(Object.entries(value).map(([name, each]) => [name, through('items', each)])) : value
    default:
      return value
  }
}

const referring = (schema: JsonObject): JsonObject =>
  isPickyText(schema)
    ? { anyOf: [schema, { $ref: REFERENCE }] }
    : Object.fromEntries(Object.entries(schema).map(([keyword, value]) => [keyword, through(keyword, value)]))

/** The same schema for what is written before its references are resolved: `${env:PORT}` may stand wherever text may become a port. */
export const withReferences = (schema: JsonObject): JsonObject => ({ ...referring(schema), $defs: { reference } })
