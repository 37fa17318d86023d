import { isObject, type Json, type JsonObject, list, oneOf, type SinkKind, schemaOf, strictStruct, struct } from '@callboard/core'
import { builtInSinkKinds } from '../resolve/sinks.ts'
import { isStruct } from '../yaml/document.ts'
import {
  AdminEntry,
  AppEntry,
  DecisionEntry,
  deliveryOptionCodecs,
  LimitsEntry,
  ListenEntry,
  MemoryEntry,
  NonEmptyText,
  type Part,
  parts,
  RetentionEntry,
  SqliteEntry,
  WebhookDecisionEntry,
} from './codecs.ts'

/** Returns a schema that depends on `use`: one schema if it is this word, another if it is not. */
const ifUse = (word: string, schema: JsonObject, otherwise: JsonObject): JsonObject => ({
  if: { properties: { use: { const: word } }, required: ['use'] },
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
  then: schema,
  else: otherwise,
})

/** Returns the schema of an entry whose `use` selects its options: a known word one of `known`, every other word `other`. */
const byUse = (known: Readonly<Record<string, JsonObject>>, other: JsonObject): JsonObject => ({
  type: 'object',
  properties: { use: { anyOf: [{ enum: Object.keys(known) }, schemaOf(NonEmptyText)] } },
  required: ['use'],
  ...Object.entries(known).reduceRight((otherwise, [word, schema]) => ifUse(word, schema, otherwise), other),
})

const schemaOfKind = ({ kind, options }: SinkKind): JsonObject => {
  if (!isStruct(options)) throw new TypeError(`the options of ${kind} have no fields`)
  return schemaOf(strictStruct({ use: oneOf(kind), ...options.required }, { ...options.optional, ...deliveryOptionCodecs }))
}

const mappingOf = (each: Json): JsonObject => ({ type: 'object', additionalProperties: each })

/** An empty part equals an absent one. */
const orNull = (schema: JsonObject): JsonObject => ({ anyOf: [schema, { type: 'null' }] })

const schemasOfParts = (): Readonly<Record<string, JsonObject>> => {
  const names = orNull(schemaOf(list(NonEmptyText)))
  const sinks = Object.fromEntries([...builtInSinkKinds].map(([name, kind]) => [name, schemaOfKind(kind)]))
  const all: Readonly<Record<Part, JsonObject>> = {
    apps: { ...schemaOf(list(AppEntry)), minItems: 1 },
    listen: orNull(schemaOf(ListenEntry)),
    admin: orNull(schemaOf(AdminEntry)),
    journal: orNull({ type: 'object', ...ifUse('memory', schemaOf(MemoryEntry), schemaOf(SqliteEntry)) }),
    plugins: names,
    sinks: orNull(mappingOf(byUse(sinks, schemaOf(struct({ use: NonEmptyText }, deliveryOptionCodecs))))),
    routes: orNull(mappingOf(names)),
    decisions: orNull(mappingOf(byUse({ webhook: schemaOf(WebhookDecisionEntry) }, schemaOf(DecisionEntry)))),
    limits: orNull(schemaOf(LimitsEntry)),
    retention: orNull(schemaOf(RetentionEntry)),
  }
  return all
}

const REFERENCE = '#/$defs/reference'
const reference: JsonObject = { description: 'text from the environment or from a file', type: 'string', pattern: '\\$\\{(env|file):' }

/** Returns whether a schema accepts some texts and not others. Then a reference needs an alternative of its own. */
const restrictsText = ({ type, pattern, enum: words }: JsonObject): boolean =>
  Array.isArray(words) ? words.some((word) => typeof word === 'string') : pattern !== undefined && [type].flat().includes('string')

const isSchema = (value: Json | undefined): value is JsonObject => isObject(value)

const allowReferencesIn = (keyword: string, value: Json | undefined): Json | undefined => {
  switch (keyword) {
    case 'items':
    case 'additionalProperties':
    case 'then':
    case 'else':
      return isSchema(value) ? allowReferences(value) : value
    case 'anyOf':
      return Array.isArray(value) ? value.map((each) => allowReferencesIn('items', each) ?? null) : value
    case 'properties':
      return isSchema(value)
        ? Object.fromEntries(Object.entries(value).map(([name, each]) => [name, allowReferencesIn('items', each)]))
        : value
    default:
      return value
  }
}

/** Returns the schema of the file before references are resolved. `${env:PORT}` is valid wherever a text may become a port. */
const allowReferences = (schema: JsonObject): JsonObject =>
  restrictsText(schema)
    ? { anyOf: [schema, { $ref: REFERENCE }] }
    : Object.fromEntries(Object.entries(schema).map(([keyword, value]) => [keyword, allowReferencesIn(keyword, value)]))

/**
 * Returns the JSON Schema (2020-12) of a configuration, made from the codecs that check it. The schema accepts everything that
 * `callboard check` accepts. It does not check the parts against each other.
 */
export const configSchema = (): JsonObject => {
  const schemas = schemasOfParts()
  const properties = Object.entries(parts).map(([part, description]) => [part, { description, ...schemas[part] }])
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'callboard.yaml',
    ...allowReferences({ type: 'object', properties: Object.fromEntries(properties), required: ['apps'], additionalProperties: false }),
    $defs: { reference },
  }
}
